package io.holdfast.lock;

/**
 * A lock that many hold together for reading, and one alone for writing.
 *
 * <p>First come, first served: a reader is admitted when no writer is ahead, waiting or not; a
 * writer when nobody is. So neither starves the other. Whoever holds {@link Locks#exclusive} of the
 * same name counts as a writer.
 *
 * <p>A writer that has asked for it may go on as a reader without letting go: see {@link
 * #downgradable}. A mere reader cannot go on as a writer: if two readers waited for that, each
 * would wait for the other. Who reads and may have to write says so from the start: see {@link
 * #upgradable}.
 *
 * <p><b>Tokens.</b> Writers fence as with any lock. A reader's token is greater than that of every
 * writer before it, and smaller than that of every writer after; readers among each other must not
 * be told apart by it.
 */
public final class DistributedReadWriteLock {

  private final DistributedLock read;
  private final DistributedLock write;
  private final DowngradableLock downgradable;
  private final UpgradableLock upgradable;

  DistributedReadWriteLock(
      DistributedLock read,
      DistributedLock write,
      DowngradableLock downgradable,
      UpgradableLock upgradable) {
    this.read = read;
    this.write = write;
    this.downgradable = downgradable;
    this.upgradable = upgradable;
  }

  /** Its name. */
  public LockName name() {
    return write.name();
  }

  /** The lock as a reader holds it. */
  public DistributedLock read() {
    return read;
  }

  /** The lock as a writer holds it. */
  public DistributedLock write() {
    return write;
  }

  /** The lock as a writer holds it who may go on as a reader. Costs a second place in the queue. */
  public DowngradableLock downgradable() {
    return downgradable;
  }

  /**
   * The lock as one reader at a time holds it, beside all others, who may go on as a writer with
   * nobody in between. Costs a second place in the queue, and a third to write.
   */
  public UpgradableLock upgradable() {
    return upgradable;
  }
}
