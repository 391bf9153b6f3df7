package io.holdfast.spi;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import java.util.List;

/**
 * A place in a queue, held by a {@link Session} and gone with it.
 *
 * <p>The places ahead only become fewer, because newcomers join behind. So an outdated read never
 * makes a place seem nearer to the front than it is.
 *
 * @param claim what was claimed
 * @param key the place's own key: unique for ever, even when a container node is reaped and its
 *     sequence starts again, or when the store uses a name for one place after the other
 * @param created when the place was taken. Of the places in one queue, a later one has a greater
 *     revision
 * @param ahead the members ahead, the front of the queue first, as of the join or the latest read:
 *     all of them, or the nearest ones, as the claim says. Empty only if nobody is ahead
 * @param countAhead how many were ahead then, including those not in {@code ahead}; may be too
 *     great if the claim asks for the nearest only
 */
public record Place(Claim claim, Key key, Revision created, List<Member> ahead, int countAhead) {

  /**
   * Somebody in the queue, perhaps of another implementation.
   *
   * @param key the place's key
   * @param mode its mode; {@link Claim#EXCLUSIVE} where the name tells none
   */
  public record Member(Key key, String mode) {}

  public Place {
    ahead = List.copyOf(ahead);
  }

  /** A place that nobody is ahead of, as far as is known. */
  public Place(Claim claim, Key key, Revision created) {
    this(claim, key, created, List.of(), 0);
  }

  /** The queue's directory. */
  public Key queue() {
    return claim.queue();
  }

  /** As claimed. */
  public String mode() {
    return claim.mode();
  }

  /** The same place with a newer look at who is ahead, which shows everybody. */
  public Place withAhead(List<Member> nowAhead) {
    return withAhead(nowAhead, nowAhead.size());
  }

  /** The same place with a newer look at who is ahead. */
  public Place withAhead(List<Member> nowAhead, int nowCountAhead) {
    return new Place(claim, key, created, nowAhead, nowCountAhead);
  }

  /**
   * The same place with a newer look, of which it keeps what its claim wants to be shown.
   *
   * @param everybody who is ahead, the front of the queue first
   */
  public Place seeing(List<Member> everybody) {
    int all = everybody.size();
    int kept = claim.shown() == Claim.Shown.NEAREST ? Math.min(Claim.NEAREST_SHOWN, all) : all;
    return withAhead(everybody.subList(all - kept, all), all);
  }

  /**
   * The same place, of which it is known that it is no longer there. It stands behind itself, held
   * {@link Claim#EXCLUSIVE}: so nobody takes it for the front, and who waits for the one ahead to
   * go looks again at once.
   */
  public Place takenAway() {
    return withAhead(List.of(new Member(key, Claim.EXCLUSIVE)));
  }

  /** True if nobody is ahead. */
  public boolean isFirst() {
    return ahead.isEmpty();
  }
}
