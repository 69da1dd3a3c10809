/** Who may view an object without more rights: anyone, or only a logged-in account. */
export type ViewRole = "Anonymous" | "Authenticated";

/** A page: HTML that the CMS wraps in its template. Private unless `viewRole` says otherwise. */
export interface CmsPage {
  readonly kind: "page";
  /** Absolute, decoded, without a trailing slash: `/courses/dept/course/syllabus`. */
  readonly path: string;
  /** 32 lower-case hexadecimal digits, unique in the content. */
  readonly uid: string;
  readonly title: string;
  /** The body's HTML. `{{cms}}` stands for the CMS's own base URL (no trailing slash). */
  readonly html: string;
  /** A folderish page's base URL ends with a slash, that of a leaf such as `index.htm` does not. */
  readonly folderish: boolean;
  readonly modifiedAt: Date;
  readonly viewRole: ViewRole;
}

/** A file or image, served as it is. */
export interface CmsFile {
  readonly kind: "file";
  readonly path: string;
  readonly uid: string;
  readonly title: string;
  /** The Content-Type header as it is sent. */
  readonly mediaType: string;
  /** The bytes, made anew at each call and the same each time, so that big content costs no memory. */
  readonly body: () => Uint8Array;
  readonly modifiedAt: Date;
  /** Published even when no page links to it. */
  readonly alwaysPublish: boolean;
  readonly viewRole: ViewRole;
}

/** A folder; with a default page it shows that page, else a listing of its children. */
export interface CmsFolder {
  readonly kind: "folder";
  readonly path: string;
  readonly uid: string;
  readonly title: string;
  /** The id of the child shown at the folder's own address, as a rule `index.htm`. */
  readonly defaultPage?: string;
  readonly modifiedAt: Date;
  readonly viewRole: ViewRole;
}

/** Any object the CMS holds. */
export type CmsObject = CmsPage | CmsFile | CmsFolder;

/** The states of the CMS's module workflow. `retired` is ours; all others are seen in real exports. */
export const workflowStates = [
  "in_process",
  "approved_for_staging",
  "scheduled_for_staging",
  "staged",
  "submitted_for_fqa",
  "rejected_from_fqa",
  "scheduled_for_publishing",
  "published_in_production",
  "unlocked_for_editing",
  "retired",
] as const;

/** One state of the module workflow. */
export type WorkflowState = (typeof workflowStates)[number];

/** One line of a module's workflow history. */
export interface WorkflowStep {
  /** The transition's name; null for the state a module was created in. */
  readonly action: string | null;
  readonly actor: string;
  /** The state after the transition. */
  readonly state: WorkflowState;
  readonly at: Date;
}

/** The unit of publishing: a path prefix with a workflow state and the objects it owns. */
export interface CmsModule {
  /** `/courses/<dept>/<course>`, `/courses/<dept>`, `/resources/<resource>`, … */
  readonly path: string;
  readonly kind: "course" | "department" | "resource" | "global";
  readonly title: string;
  readonly state: WorkflowState;
  readonly history: readonly WorkflowStep[];
  readonly shortId: string;
  readonly departmentCode: string;
  readonly zipRequired: boolean;
  /** Paths of modules to publish again because this one was. */
  readonly dependents: readonly string[];
  /** Every object of the module, the module's own folder first. */
  readonly objects: readonly CmsObject[];
}

/** Everything a legacy CMS holds at its start. */
export interface CmsContent {
  readonly modules: readonly CmsModule[];
  /** What stands outside every module: site images, stylesheets, scripts. */
  readonly assets: readonly CmsFile[];
  readonly hosts: {
    /** Host names of the CMS that leaked into content, without scheme. */
    readonly cms: readonly string[];
    /** The host name readers know, without scheme. */
    readonly public: string;
  };
}
