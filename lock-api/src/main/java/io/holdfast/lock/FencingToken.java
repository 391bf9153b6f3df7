package io.holdfast.lock;

import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Revision;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A number that grows with every hold of one lock. The guarded resource compares it, and accepts a
 * write only with the greatest token that it has seen.
 *
 * <p>128 bits: the operator's generation (raised after a restore from a backup, when the cluster's
 * own order starts again from an earlier point), the {@link Revision} at which the holder took its
 * place in the queue, and a count of hand-overs within one place. Never the sequence number of a
 * ZooKeeper node, which starts again when its container is reaped.
 *
 * <p>The text form is a UUID's, 36 characters of lower-case hexadecimal: texts sort as tokens do,
 * and so do SQL {@code uuid} columns, which databases compare byte by byte. {@link UUID#compareTo},
 * which takes the halves as signed, does not: compare tokens, not UUIDs.
 *
 * @param generation the operator's, never negative; 0 until one is set
 * @param revision where the place in the queue was taken
 * @param handover how often the place has changed hands, never negative
 */
public record FencingToken(int generation, Revision revision, int handover)
    implements Comparable<FencingToken> {

  private static final Pattern TEXT =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** Below every token that a lock gives: what a resource starts with. */
  public static final FencingToken NONE = new FencingToken(0, Revision.NONE, 0);

  public FencingToken {
    if (generation < 0 || handover < 0) {
      throw new IllegalArgumentException("a fencing token has no negative parts");
    }
  }

  /** The token of a first hold at {@code revision}. */
  public static FencingToken of(Revision revision) {
    return new FencingToken(0, revision, 0);
  }

  /** The token of a first hold at {@code revision}, taken under {@code generation}. */
  public static FencingToken of(Generation generation, Revision revision) {
    return new FencingToken(generation.number(), revision, 0);
  }

  /** The token after the place has changed hands {@code times} times. */
  public FencingToken handedOver(int times) {
    return new FencingToken(generation, revision, times);
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if the text is not a token
   */
  public static FencingToken parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a fencing token looks like 00000000-0000-0000-0000-0123456789ab, not like this");
    }
    return fromUuid(UUID.fromString(text));
  }

  /** The token that {@link #toUuid} gave. */
  public static FencingToken fromUuid(UUID uuid) {
    long high = uuid.getMostSignificantBits();
    long low = uuid.getLeastSignificantBits();
    return new FencingToken((int) (high >>> 32), new Revision(high << 32 | low >>> 32), (int) low);
  }

  /** The token as a value for a SQL {@code uuid} column. */
  public UUID toUuid() {
    long high = (long) generation << 32 | revision.value() >>> 32;
    long low = revision.value() << 32 | handover;
    return new UUID(high, low);
  }

  @Override
  public int compareTo(FencingToken other) {
    int byGeneration = Integer.compare(generation, other.generation);
    if (byGeneration != 0) {
      return byGeneration;
    }
    int byRevision = revision.compareTo(other.revision);
    return byRevision != 0 ? byRevision : Integer.compare(handover, other.handover);
  }

  /** The text form. */
  @Override
  public String toString() {
    return toUuid().toString();
  }
}
