export interface ClusterOptions {
  /** Made and filled when it does not exist. */
  readonly folder: string;
  readonly port: number;
  /** Of the superuser `postgres`; set when the folder is first filled. */
  readonly password: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** False: it gets the terminal's Ctrl-C too, which is right for tests that nobody waits for. */
  readonly detached?: boolean;
  /** Told what is happening when it takes a while. */
  readonly say?: (line: string) => void;
}

export interface Cluster {
  /** Resolves when PostgreSQL has gone, wanted or not. */
  readonly exited: Promise<void>;
  /** Finishes what is being committed, breaks every connection off, and settles when the server has gone. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that came with `npm`, on loopback only, after tidying up whatever a crash left.
 * @throws Error with what the server said last
 */
export function startCluster(options: ClusterOptions): Promise<Cluster>;
