package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.LockConfig;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A record of the holder that outlives the holder. By it the next holder distinguishes a crash from
 * a release, for locks with a {@link LockConfig#crashDelay}.
 *
 * <p>A holder's mark is named after its place. It is written before the grant is given, and only
 * while the place exists. A release deletes it in the same step as the place. A place that vanishes
 * in any other way leaves its mark behind.
 *
 * <pre>
 *   place   |--- waits ---|------ holds -------x crash
 *   mark                 |------------------------------------|  removed by the next holder,
 *   next         |------------ waits ----------|= crashDelay =|- holds   with its own mark
 * </pre>
 */
final class CrashMarkers {

  private final QueuePosition queuePosition;
  private final List<LockClaim> claims;

  /**
   * The marks that concern an admitted place.
   *
   * @param claims in the order of the places
   */
  CrashMarkers(QueuePosition queuePosition, List<LockClaim> claims) {
    this.queuePosition = queuePosition;
    this.claims = claims;
  }

  /**
   * The marks that crashed holders left.
   *
   * @param marks the keys of the marks
   * @param delay how long the next holder must be kept out
   */
  record Remains(List<Key> marks, Duration delay) {

    private static final Remains NOTHING = new Remains(List.of(), Duration.ZERO);

    private Remains and(Remains other) {
      List<Key> all = Stream.concat(marks.stream(), other.marks.stream()).distinct().toList();
      return new Remains(all, delay.compareTo(other.delay) > 0 ? delay : other.delay);
    }
  }

  /**
   * Looks for marks whose place is gone.
   *
   * @return fails as {@link Session#list}
   */
  CompletableFuture<Remains> remains() {
    CompletableFuture<Remains> found = CompletableFuture.completedFuture(Remains.NOTHING);
    for (int i = 0; i < claims.size(); i++) {
      LockClaim claim = claims.get(i);
      Place place = queuePosition.places().get(i);
      if (claim.delaysAfterCrash()) {
        found =
            found.thenCombine(
                queuePosition.session().list(claim.held(), Consistency.LINEARIZABLE),
                (before, marks) -> before.and(remains(claim, place, marks.entries())));
      }
    }
    return found;
  }

  /**
   * The marks are read after the queue. If a mark's place was gone by then, the place was not
   * released: a release would have deleted the mark too.
   */
  private static Remains remains(LockClaim claim, Place own, List<Entry> marks) {
    List<Key> crashed =
        marks.stream()
            .filter(mark -> place(mark).compareTo(own.created()) < 0)
            .filter(
                mark -> own.ahead().stream().noneMatch(member -> isOf(mark.key(), member.key())))
            .map(Entry::key)
            .toList();
    return crashed.isEmpty() ? Remains.NOTHING : new Remains(crashed, claim.config().crashDelay());
  }

  /** True if the mark belongs to the place. */
  static boolean isOf(Key mark, Key place) {
    return mark.name().equals(markOf(place));
  }

  /** Not the place's own name, which may have a meaning for the store. */
  private static String markOf(Key place) {
    return "of-" + place.name();
  }

  /**
   * An unreadable mark counts as left by a crash long ago: it delays one holder once, and is then
   * removed.
   */
  private static Revision place(Entry mark) {
    try {
      return new Revision(Long.parseUnsignedLong(mark.payload().text()));
    } catch (NumberFormatException e) {
      return Revision.NONE;
    }
  }

  /**
   * Marks the places as held, and removes the marks of crashed holders.
   *
   * @return fails as {@link Session#commit}; with {@link
   *     io.holdfast.coordination.GuardFailedException} if a place is gone
   */
  CompletableFuture<Void> put(Remains remains) {
    Transaction transaction = Transaction.EMPTY;
    for (Place place : queuePosition.places()) {
      transaction = transaction.require(new Transaction.Exists(place.key()));
    }
    for (Key mark : marks()) {
      Payload payload = Payload.utf8(Long.toUnsignedString(created().value()));
      transaction = transaction.put(mark, payload);
    }
    for (Key mark : remains.marks()) {
      transaction = transaction.delete(mark);
    }
    return queuePosition.session().commit(transaction).thenApply(committed -> null);
  }

  /** The keys of the marks of these places. */
  List<Key> marks() {
    List<Key> marks = new ArrayList<>();
    for (int i = 0; i < claims.size(); i++) {
      if (claims.get(i).delaysAfterCrash()) {
        marks.add(claims.get(i).held().child(markOf(queuePosition.places().get(i).key())));
      }
    }
    return marks;
  }

  private Revision created() {
    return queuePosition.places().stream()
        .map(Place::created)
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }
}
