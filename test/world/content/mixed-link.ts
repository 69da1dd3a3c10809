import type { CmsContent } from "./cms-content.ts";
import { uidOf } from "./make-object.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What a generated page may link to. */
export interface LinkTargets {
  /** Paths of the pages of its own course. */
  readonly pages: readonly string[];
  /** Paths of all modules. */
  readonly modules: readonly string[];
  readonly hosts: CmsContent["hosts"];
}

type LinkForm = (targets: LinkTargets, random: SeededRandom) => string;

const anchor = (href: string): string => `<a href="${href}">${href.slice(-12)}</a>`;

const uidLink: LinkForm = ({ pages }, random) => {
  const prefix = random.pick(["./", "./", "./", "", "../"]);
  const fragment = random.pick(["", "", "", "#Table_of_Contents"]);
  return anchor(`${prefix}resolveuid/${uidOf(random.pick(pages))}${fragment}`);
};

const siteImage: LinkForm = (_, random) => {
  const name = random.pick(["a_logo_17.gif", "icon-1.png", "icon-2.png", "icon-3.png"]);
  return `<img src="/images/${name}" alt="" />`;
};

/**
 * The forms with their weights: how often each was counted in the HTML of nineteen real courses
 * (resolveuid, root-relative, site images, absolute elsewhere, absolute to the public host). The last, the
 * CMS's own host, was met less often still: here, a content of some hundred pages is to hold a few.
 */
const forms: readonly (readonly [number, LinkForm])[] = [
  [2967, uidLink],
  [887, ({ pages, modules }, random) => anchor(random.pick([...pages, ...modules]))],
  [757, siteImage],
  [551, (_, random) => anchor(`https://www.example.org/books?isbn=${random.between(1, 9_999)}`)],
  [244, ({ hosts, modules }, random) => anchor(`http://${hosts.public}${random.pick(modules)}/`)],
  [12, ({ hosts }) => `<img src="https://${hosts.cms[0]}/images/a_logo_17.gif" alt="" />`],
];

const weightSum = forms.reduce((sum, [weight]) => sum + weight, 0);

/** Makes one link (or image) in one of the forms of real content, each as often as it is met there. */
export const mixedLink: LinkForm = (targets, random) => {
  let left = random.fraction() * weightSum;
  const form = forms.find(([weight]) => {
    left -= weight;
    return left < 0;
  });
  return (form?.[1] ?? uidLink)(targets, random);
};
