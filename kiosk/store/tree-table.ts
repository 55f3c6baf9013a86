import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Subtree, TreeParts } from "./tree.ts";

/** The stored part of the Merkle trees, and the leaves as the records have them. Throws SQLite's own errors. */
export interface TreeTable {
  /** One epoch's tree. A stored subtree that decayed is null, like one that is missing. */
  readonly tree: (epoch: number) => TreeParts;
  readonly insertSubtrees: (epoch: number, subtrees: readonly Subtree[]) => void;
}

export function statementsOfTree(database: DatabaseSync): TreeTable {
  const leaves = database.prepare("select rh from record where epoch = ? and seq >= ? and seq < ? order by seq");
  // An older file that is merely looked at has no stored subtrees.
  const hasNodes = database.prepare("select 1 from sqlite_schema where name = 'node'").get() !== undefined;
  const select = hasNodes
    ? database.prepare("select hash, crc from node where epoch = ? and height = ? and place = ?")
    : null;
  const insert = hasNodes
    ? database.prepare("insert or replace into node (epoch, height, place, hash, crc) values (?, ?, ?, ?, ?)")
    : null;
  return {
    tree: (epoch) => ({
      leaves: (from, below) => {
        const found = leaves.all(epoch, from, below);
        return found.length === below - from ? found.map(({ rh }) => String(rh)) : null;
      },
      subtree: (height, place) => {
        const found = select?.get(epoch, height, place);
        if (!(found?.hash instanceof Uint8Array)) return null;
        const { hash } = found;
        return found.crc === crcOf(epoch, { height, place, hash }) ? hash : null;
      },
    }),
    insertSubtrees: (epoch, subtrees) => {
      for (const one of subtrees) insert?.run(epoch, one.height, one.place, one.hash, crcOf(epoch, one));
    },
  };
}

const crcOf = (epoch: number, { height, place, hash }: Subtree): number =>
  crc32(hash, crc32(`${epoch} ${height} ${place}`));
