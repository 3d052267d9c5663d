/* What the script of a page holds before its modules: scoring.outputs.page.render writes it. */

/** The rules of the set. */
declare const PARINDEX: import("../../criteria/set_script").SetScript;
/** By the code of a finding, what is wrong with a figure and what to do. */
declare const WORDS: Record<string, string | undefined>;
