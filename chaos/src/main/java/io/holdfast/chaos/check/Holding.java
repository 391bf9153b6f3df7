package io.holdfast.chaos.check;

/**
 * One lock of one hold, over time. Times are on the history's clock.
 *
 * @param process who held it
 * @param hold names the hold; one that takes several locks makes several of these
 * @param lock which
 * @param mode as in the claims: {@code exclusive}, {@code read}, {@code permits:1of3}
 * @param token what it got
 * @param granted when the holder was told that it holds
 * @param proven when that was last certain; not before {@code granted}
 * @param believed until when the holder may have acted as if it held: as {@code proven}, or later
 *     if the hold was lost
 * @param end how it ended
 */
public record Holding(
    String process,
    String hold,
    String lock,
    String mode,
    String token,
    long granted,
    long proven,
    long believed,
    End end) {

  /** How a hold ends. */
  public enum End {
    /** Its holder gave it back. */
    RELEASED,
    /** Its holder learnt that it was gone. */
    LOST,
    /** Its holder died. */
    DIED
  }

  /** True if the two may never be true at once. Permits are not judged by pairs: false. */
  boolean excludes(Holding other) {
    boolean permits = mode.startsWith("permits") || other.mode.startsWith("permits");
    boolean readers = mode.equals("read") && other.mode.equals("read");
    return lock.equals(other.lock) && !hold.equals(other.hold) && !permits && !readers;
  }
}
