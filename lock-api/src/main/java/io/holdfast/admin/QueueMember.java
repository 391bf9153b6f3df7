package io.holdfast.admin;

import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.internal.queue.OwnerDetails;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A holder or waiter in a lock's queue.
 *
 * @param position 0 is the front
 * @param token what they hold or will hold; an {@code upgrade} may hold a smaller one, if others
 *     waited when it was asked for
 * @param owner who they say they are; empty for a foreign client that does not say
 * @param session the session that the place lives with, as the store names it
 * @param mode how they want it: {@code exclusive}, {@code write}, {@code read}, {@code upgradable},
 *     {@code upgrade}, or {@code permits:} and how many
 * @param role whether they hold it; those in front may hold a shared mode together
 * @param key their place
 * @param nativePath their place, as the store's own tools would be given it
 */
public record QueueMember(
    int position,
    FencingToken token,
    Optional<Owner> owner,
    Optional<String> session,
    String mode,
    Role role,
    Key key,
    String nativePath) {

  /** What somebody does in a queue. */
  public enum Role {
    /** Holds the lock, or is about to hear that it does. */
    HOLDER,
    /** Waits for others to go. */
    WAITER,
    /**
     * Nobody: no session stands behind the place, so it was not put by a client that wants the
     * lock, and never goes by itself. All who come later wait for it.
     */
    STRAY
  }

  /** Where in the cluster's order they joined. */
  public Revision since() {
    return token.revision();
  }

  /** When they joined, by their own clock. */
  public Optional<Instant> joined() {
    return owner.map(Owner::since);
  }

  /** How long they have been there, by their clock and ours; never negative. */
  public Optional<Duration> age(Instant now) {
    return joined()
        .map(since -> Duration.between(since, now))
        .map(age -> age.isNegative() ? Duration.ZERO : age);
  }

  /** What they want it for. */
  public Optional<String> purpose() {
    return attribute(OwnerDetails.PURPOSE);
  }

  /** The trace that they act in. */
  public Optional<String> traceId() {
    return attribute(OwnerDetails.TRACE);
  }

  /** The thread that asked; of a shared place, the one that took it. */
  public Optional<String> thread() {
    return attribute(OwnerDetails.THREAD);
  }

  /**
   * Who waits, among all processes: the session and in it the thread that waits, or this
   * acquisition alone if none does; of a shared place, the thread that took it. Empty for a foreign
   * client.
   */
  public Optional<String> party() {
    return attribute(OwnerDetails.PARTY)
        .map(party -> attribute(OwnerDetails.SESSION).orElse("?") + "/" + party);
  }

  /**
   * True if others in its process may share the place, see {@link io.holdfast.lock.LockConfig}:
   * then who holds it, or waits behind it there, can be another than the one who took it, and only
   * that process knows: see {@link Deadlocks}.
   */
  public boolean isShared() {
    return sharedBy().isPresent();
  }

  /** By whom the place is shared. */
  public Optional<String> sharedBy() {
    return attribute(OwnerDetails.SHARED);
  }

  private Optional<String> attribute(String name) {
    return owner.map(who -> who.attributes().get(name));
  }

  /** The generation that a place says it was taken under; the first if it does not say. */
  public static Generation generation(Optional<Owner> owner) {
    return owner
        .map(who -> who.attributes().get(OwnerDetails.GENERATION))
        .flatMap(Generation::parse)
        .orElseGet(() -> new Generation(0));
  }

  /** For messages: who and where. */
  @Override
  public String toString() {
    return OwnerDetails.printable(
        owner
                .map(who -> who.name() + " (" + who.host() + ", pid " + who.pid() + ")")
                .orElse(role == Role.STRAY ? "nobody" : "a foreign client")
            + purpose().map(what -> ", to " + what).orElse("")
            + ", "
            + mode
            + ", token "
            + token);
  }
}
