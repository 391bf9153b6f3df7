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
 * Who holds, written down where it outlives the holder: how the next one tells a crash from a
 * release, for locks with a {@link LockConfig#crashDelay}.
 *
 * <p>A holder's mark is named after its place. It is put before the grant is given, only while the
 * place is there, and it goes in the same step as the place when that is released. A place that
 * vanishes in any other way leaves its mark behind.
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
   * What is left of holders that crashed.
   *
   * @param marks of them
   * @param delay how long the next one has to be kept out
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
   * A mark read after the look at who is ahead: if its place was not there any more then, it cannot
   * have been released, or the mark would have gone with it.
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

  /** True if a mark goes with a place. */
  static boolean isOf(Key mark, Key place) {
    return mark.name().equals(markOf(place));
  }

  /** Not the place's own name, which may mean more to the store than a text. */
  private static String markOf(Key place) {
    return "of-" + place.name();
  }

  /** What cannot be read counts as left by a crash long ago: kept out for once, and removed. */
  private static Revision place(Entry mark) {
    try {
      return new Revision(Long.parseUnsignedLong(mark.payload().text()));
    } catch (NumberFormatException e) {
      return Revision.NONE;
    }
  }

  /**
   * Marks the places as held, and removes what was left.
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

  /** The keys of this standing's marks. */
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
