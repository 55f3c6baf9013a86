/** Core's types lead to files that hash; the page takes their types and never runs them. */
declare module "node:crypto";
