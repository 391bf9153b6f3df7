package io.holdfast.zookeeper;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.SessionPlaces;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.data.Stat;

/**
 * One wait for somebody ahead of a place to go, and the look after it. The end of a place of the
 * session's own is known without a watch.
 *
 * <p>Asks nobody if it need not: when the one ahead was the first, and is gone, the own node is the
 * first, if it is there. A watch on it, set as soon as it is next in turn, would have told before
 * had it been deleted before.
 *
 * <p>Used in the context only.
 */
final class PredecessorWatch implements SessionPlaces.Waiter {

  private final Place place;
  private final Key ahead;
  private final CompletableFuture<Optional<Place>> looked;
  private final Queues queues;
  private final DeletionWatches goneWatches;
  private final Connection connection;
  private final Paths paths;

  PredecessorWatch(
      Place place,
      Key ahead,
      CompletableFuture<Optional<Place>> looked,
      Queues queues,
      DeletionWatches goneWatches,
      Connection connection,
      Paths paths) {
    this.place = place;
    this.ahead = ahead;
    this.looked = looked;
    this.queues = queues;
    this.goneWatches = goneWatches;
    this.connection = connection;
    this.paths = paths;
  }

  /**
   * Begins.
   *
   * @param aheadPath where the one ahead is
   */
  void start(SessionPlaces own, String aheadPath) {
    if (place.countAhead() == 1) {
      isNext();
    }
    Runnable stop = own.whenGone(ahead, this).orElseGet(() -> watch(aheadPath));
    looked.whenComplete((found, failure) -> stop.run());
    if (own.hasToBeWatched(ahead, place)) {
      CompletableFuture<Void> gone = new CompletableFuture<>();
      goneWatches.watch(aheadPath, gone);
      gone.thenRun(() -> own.gone(ahead));
    }
  }

  private String ownPath() {
    return paths.of(place.key());
  }

  private Runnable watch(String aheadPath) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    goneWatches.watch(aheadPath, gone);
    SessionPlaces.Ending ending =
        place.countAhead() == 1
            ? SessionPlaces.Ending.WAS_FIRST
            : SessionPlaces.Ending.MAY_HAVE_WAITED;
    gone.thenRun(() -> ended(ending));
    return () -> gone.cancel(false);
  }

  /** Left to fire when the node is deleted: to take the watch away costs more than to be told. */
  @Override
  public void isNext() {
    if (nobodyCanStandBetween() && queues.has(place)) {
      goneWatches.watch(ownPath(), new CompletableFuture<>());
    }
  }

  /**
   * Not so among readers and writers: a writer of Curator's that goes on as a reader gives its new
   * node the number of its old one, and so a place before those who came meanwhile.
   */
  private boolean nobodyCanStandBetween() {
    List<Place.Member> members = place.ahead();
    Place.Member nearest = members.get(members.size() - 1);
    return place.mode().equals(Claim.EXCLUSIVE)
        && nearest.mode().equals(Claim.EXCLUSIVE)
        && nearest.key().equals(ahead);
  }

  @Override
  public void ended(SessionPlaces.Ending ending) {
    if (looked.isDone()) {
      return;
    }
    boolean isFirst =
        ending == SessionPlaces.Ending.WAS_FIRST && nobodyCanStandBetween() && queues.has(place);
    if (!isFirst) {
      queues.refresh(place, looked);
    } else if (goneWatches.seen(ownPath()).isPresent()) {
      first();
    } else {
      connection.stat(ownPath()).thenAccept(this::lookedAtOwn);
    }
  }

  private void lookedAtOwn(Reply<Stat> own) {
    if (own.isOk()) {
      first();
    } else {
      queues.refresh(place, looked);
    }
  }

  private void first() {
    Place first = place.withAhead(List.of());
    queues.seen(first);
    looked.complete(Optional.of(first));
  }
}
