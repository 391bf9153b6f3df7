package io.holdfast.lock;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Revision;
import java.util.Optional;

/**
 * Somebody in a lock's queue, as seen by whoever inspects it.
 *
 * @param position 0 is the front, which holds; in a shared mode, those behind may hold too
 * @param token what they hold or will hold
 * @param owner who they say they are; empty for a foreign client that does not say
 * @param session the session that the place lives with, as the store names it
 * @param mode how they want it: {@code exclusive}, {@code write}, {@code read}, or {@code permits:}
 *     and how many
 * @param nativePath their place, as the store's own tools would be given it
 */
public record QueuedOwner(
    int position,
    FencingToken token,
    Optional<Owner> owner,
    Optional<String> session,
    String mode,
    String nativePath) {

  /** Where in the cluster's order they joined. */
  public Revision since() {
    return token.revision();
  }
}
