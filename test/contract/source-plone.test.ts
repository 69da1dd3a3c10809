import { freshContext, hastyClock, marker, reader, sourceAt } from "../unit/engine/crawl/crawl-bench.ts";
import { startCms } from "../world/cms/start-cms.ts";
import { demoContent } from "../world/content/demo-content.ts";
import { demoPaths, resolveUid } from "../world/content/demo-names.ts";
import { testSource } from "./source.ts";

const content = demoContent();
const fileUrl = `${demoPaths.tides}/harbour.jpg`;
const file = content.modules.flatMap(({ objects }) => objects).find(({ path }) => path === fileUrl);

testSource("plone", async (test) => {
  if (file?.kind !== "file") throw new Error(`the demo has no file ${fileUrl}`);
  const cms = await startCms({ content, account: reader, workflowAccount: marker });
  const source = sourceAt(cms, hastyClock());
  try {
    await test(
      {
        source,
        module: demoPaths.tides,
        file: { url: fileUrl, bytes: file.body() },
        missingUrl: "/courses/never/written",
        dependent: demoPaths.department,
        deniedUrl: `${demoPaths.tides}/delete_confirmation`,
        spellings: [
          `/${resolveUid(fileUrl, "")}`,
          `${demoPaths.tides}/./labs//resolveUid/${resolveUid(fileUrl, "").slice(11)}#x`,
        ],
        cutBodyOf: async (url) => {
          await cms.inject({ name: "truncated-body", path: new RegExp(`^${url}$`), times: 1 });
        },
        goAway: () => cms.inject({ name: "restart" }),
      },
      freshContext(),
    );
  } finally {
    await source.close();
    await cms.close();
  }
});
