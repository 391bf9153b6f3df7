package io.holdfast.coordination;

import java.util.ArrayList;
import java.util.List;

/**
 * Guards and writes that take effect together or not at all. Immutable; each method returns a new
 * one.
 *
 * <p>A transaction names a key at most once among its writes. It takes effect only while the
 * session that commits it is alive in the cluster.
 *
 * @param guards what must hold
 * @param writes what then happens
 */
public record Transaction(List<Guard> guards, List<Write> writes) {

  /** A condition on the state just before the writes. */
  public sealed interface Guard {
    /** The key that the condition is on. */
    Key key();
  }

  /** The key is there. With a key whose name is never used twice, that means the very same key. */
  public record Exists(Key key) implements Guard {}

  /** The key is not there. */
  public record Absent(Key key) implements Guard {}

  /**
   * The key is there and was last put at {@code modified}.
   *
   * <p>ZooKeeper compares data versions, which start again when a key is deleted and created: use
   * this on keys that are never deleted, or whose names are never used twice.
   */
  public record Unmodified(Key key, Revision modified) implements Guard {}

  /** A change. */
  public sealed interface Write {
    /** The key that changes. */
    Key key();
  }

  /** How long a key lives. */
  public enum Lifetime {
    /** Until somebody deletes it. */
    PERMANENT,
    /** As long as the session that put it last. */
    SESSION
  }

  /**
   * Creates the key or replaces what it holds, and makes it live for {@code lifetime}. Directories
   * above it are made as needed.
   */
  public record Put(Key key, Payload payload, Lifetime lifetime) implements Write {}

  /** Removes the key if it is there. */
  public record Delete(Key key) implements Write {}

  /** Nothing yet. */
  public static final Transaction EMPTY = new Transaction(List.of(), List.of());

  public Transaction {
    guards = List.copyOf(guards);
    writes = List.copyOf(writes);
    if (writes.stream().map(Write::key).distinct().count() < writes.size()) {
      throw new IllegalArgumentException("a transaction writes a key at most once");
    }
  }

  /** Adds a condition. */
  public Transaction require(Guard guard) {
    return new Transaction(plus(guards, guard), writes);
  }

  /** Adds a {@link Put} of a permanent key. */
  public Transaction put(Key key, Payload payload) {
    return new Transaction(guards, plus(writes, new Put(key, payload, Lifetime.PERMANENT)));
  }

  /** Adds a {@link Put} of a key that lives as long as the session. */
  public Transaction putForSession(Key key, Payload payload) {
    return new Transaction(guards, plus(writes, new Put(key, payload, Lifetime.SESSION)));
  }

  /** Adds a {@link Delete}. */
  public Transaction delete(Key key) {
    return new Transaction(guards, plus(writes, new Delete(key)));
  }

  private static <T> List<T> plus(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }
}
