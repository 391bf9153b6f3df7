package io.holdfast.coordination;

import java.util.List;

/**
 * A place in a queue, held by a {@link Session} and gone with it.
 *
 * <p>Those ahead can only become fewer: whoever comes later stands behind. So a look that is out of
 * date never makes a place seem nearer to the front than it is.
 *
 * @param queue the queue's directory
 * @param key the place's own key: unique for ever, even when a container node is reaped and its
 *     sequence starts again, or when the store uses a name for one place after the other
 * @param mode as claimed
 * @param created when the place was taken. Of the places in one queue, a later one has a greater
 *     revision
 * @param ahead who stood before, the front of the queue first, when the join committed or when the
 *     place was last looked at
 */
public record Place(Key queue, Key key, String mode, Revision created, List<Member> ahead) {

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

  /** The same place with a newer look at who is ahead. */
  public Place withAhead(List<Member> nowAhead) {
    return new Place(queue, key, mode, created, nowAhead);
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
