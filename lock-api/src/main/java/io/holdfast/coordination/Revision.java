package io.holdfast.coordination;

/**
 * A place in the cluster-wide order of changes: a ZooKeeper zxid or an etcd revision.
 *
 * <p>Revisions of one cluster can be compared with each other, and with nothing else. A change that
 * was acknowledged before another began has the smaller revision.
 *
 * @param value the number the store gave, never negative; 0 stands before every change
 */
public record Revision(long value) implements Comparable<Revision> {

  /** Before every change. */
  public static final Revision NONE = new Revision(0);

  public Revision {
    if (value < 0) {
      throw new IllegalArgumentException("a revision is never negative: " + value);
    }
  }

  /** Returns the later of two. */
  public static Revision later(Revision a, Revision b) {
    return a.value >= b.value ? a : b;
  }

  @Override
  public int compareTo(Revision other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
