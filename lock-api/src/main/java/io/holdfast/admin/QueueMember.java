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
 * @param token the token that it holds or will hold; an {@code upgrade} may get a smaller one, if
 *     others waited when it was asked for
 * @param owner the owner that the place names; empty for a foreign client that names none
 * @param session the session that the place lives with, as the store names it
 * @param mode the mode that it asked for: {@code exclusive}, {@code write}, {@code read}, {@code
 *     upgradable}, {@code upgrade}, or {@code permits:} and how many
 * @param role whether it holds the lock; members in front may hold a shared mode together
 * @param key its place
 * @param nativePath its place, in the form of the store's own tools
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

  /** The role of a member in a queue. */
  public enum Role {
    /** Holds the lock, or is about to hear that it does. */
    HOLDER,
    /** Waits for others to leave. */
    WAITER,
    /**
     * Neither: the place belongs to no session, so no client that wants the lock has put it there.
     * It never goes by itself, and everybody behind it waits for it.
     */
    STRAY
  }

  /** The revision at which it joined. */
  public Revision since() {
    return token.revision();
  }

  /** When it joined, by its own clock. */
  public Optional<Instant> joined() {
    return owner.map(Owner::since);
  }

  /** How long it has been there, by its clock and ours; never negative. */
  public Optional<Duration> age(Instant now) {
    return joined()
        .map(since -> Duration.between(since, now))
        .map(age -> age.isNegative() ? Duration.ZERO : age);
  }

  /** The purpose of the acquisition. */
  public Optional<String> purpose() {
    return attribute(OwnerDetails.PURPOSE);
  }

  /** The trace id of the acquisition. */
  public Optional<String> traceId() {
    return attribute(OwnerDetails.TRACE);
  }

  /** The thread that asked; for a shared place, the thread that took it. */
  public Optional<String> thread() {
    return attribute(OwnerDetails.THREAD);
  }

  /**
   * Identifies the waiter among all processes: its session and the waiting thread, or this
   * acquisition alone if no thread waits. For a shared place, the thread that took it. Empty for a
   * foreign client.
   */
  public Optional<String> party() {
    return attribute(OwnerDetails.PARTY)
        .map(party -> attribute(OwnerDetails.SESSION).orElse("?") + "/" + party);
  }

  /**
   * True if threads of its process may share the place; see {@link io.holdfast.lock.LockConfig}.
   * Then the holder or waiter need not be the thread that took the place, and only that process
   * knows which it is; see {@link Deadlocks}.
   */
  public boolean isShared() {
    return sharedBy().isPresent();
  }

  /** The mark of those that share the place. */
  public Optional<String> sharedBy() {
    return attribute(OwnerDetails.SHARED);
  }

  private Optional<String> attribute(String name) {
    return owner.map(who -> who.attributes().get(name));
  }

  /** The generation that a place names; the first if it names none. */
  public static Generation generation(Optional<Owner> owner) {
    return owner
        .map(who -> who.attributes().get(OwnerDetails.GENERATION))
        .flatMap(Generation::parse)
        .orElseGet(() -> new Generation(0));
  }

  /** For messages: the owner and where it runs. */
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
