package io.holdfast.spi;

import io.holdfast.coordination.Key;
import io.holdfast.spi.SessionPlaces.Ending;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * For backends: looks who is ahead of a session's places, and waits for one of them to go. What a
 * look has shown is known from then on, in {@link SessionPlaces}.
 *
 * <p>The end of a place of the session's own is known without a watch, however many wait behind it.
 * And when the one ahead was the first, and nobody can stand between, the waiting place is the
 * first, if it is still there: then only that is looked at, and not the queue.
 *
 * <p>Used in the session's context only, but for {@link #refreshAfter}.
 */
public final class QueueWaits {

  /** What only the store can tell. Called in the context, where its futures complete. */
  public interface Store {

    /**
     * Looks who is ahead of a place.
     *
     * @return empty if the place is not there
     */
    CompletableFuture<Optional<Place>> look(Place place);

    /** Looks only whether a place is there. */
    CompletableFuture<Boolean> isThere(Place place);

    /** True if nobody can come to stand between a place and the nearest ahead of it. */
    boolean nobodyComesBetween(Place place, Place.Member nearest);

    /** A place has only the first ahead of it, and is the next. */
    default void isNext(Place place) {}

    /**
     * Waits until a key is gone.
     *
     * @param onGone called once
     * @return stops it
     */
    Runnable watch(Key key, Runnable onGone);
  }

  private final Context context;
  private final SessionPlaces own;
  private final SessionLife life;
  private final Store store;

  /** The waits of one session. */
  public QueueWaits(Context context, SessionPlaces own, SessionLife life, Store store) {
    this.context = context;
    this.own = own;
    this.life = life;
    this.store = store;
  }

  /** Looks who is ahead of a place; at once empty if the session was asked to leave it. */
  public CompletableFuture<Optional<Place>> refresh(Place place) {
    return own.has(place.key()) ? look(place) : CompletableFuture.completedFuture(Optional.empty());
  }

  /** Looks who is ahead of a place. */
  public CompletableFuture<Optional<Place>> look(Place place) {
    return store
        .look(place)
        .thenApply(
            found -> {
              found.ifPresentOrElse(this::seen, () -> own.gone(place.key()));
              return found.map(own::sparing);
            });
  }

  /** A place was seen as it is. */
  public void seen(Place place) {
    if (place.isFirst()) {
      own.isFirst(place.key());
    }
  }

  /** As {@link Session#refreshAfter}; from any thread. */
  public CompletableFuture<Optional<Place>> refreshAfter(Place place, Key ahead) {
    CompletableFuture<Optional<Place>> looked = new CompletableFuture<>();
    context.execute(
        () -> {
          life.endWithSession(looked);
          if (!looked.isDone()) {
            new Wait(place, ahead, looked).start();
          }
        });
    return looked;
  }

  private final class Wait implements SessionPlaces.Waiter {
    private final Place place;
    private final Key ahead;
    private final CompletableFuture<Optional<Place>> looked;

    private Wait(Place place, Key ahead, CompletableFuture<Optional<Place>> looked) {
      this.place = place;
      this.ahead = ahead;
      this.looked = looked;
    }

    private void start() {
      if (place.countAhead() == 1) {
        isNext();
      }
      Runnable stop = own.whenGone(ahead, this).orElseGet(this::watch);
      looked.whenComplete((found, failure) -> context.execute(stop));
      if (own.hasToBeWatched(ahead, place)) {
        watchOwn();
      }
    }

    private Runnable watch() {
      Ending ending = place.countAhead() == 1 ? Ending.WAS_FIRST : Ending.MAY_HAVE_WAITED;
      return store.watch(ahead, () -> ended(ending));
    }

    private void watchOwn() {
      Runnable stop = store.watch(ahead, () -> own.gone(ahead));
      Runnable forget = life.atEnd(stop);
      own.whenGone(
          ahead,
          ending -> {
            forget.run();
            stop.run();
          });
    }

    private boolean nobodyComesBetween() {
      List<Place.Member> members = place.ahead();
      Place.Member nearest = members.get(members.size() - 1);
      return nearest.key().equals(ahead)
          && own.has(place.key())
          && store.nobodyComesBetween(place, nearest);
    }

    @Override
    public void isNext() {
      if (nobodyComesBetween()) {
        store.isNext(place);
      }
    }

    @Override
    public void ended(Ending ending) {
      if (looked.isDone()) {
        return;
      }
      if (ending == Ending.WAS_FIRST && nobodyComesBetween()) {
        store.isThere(place).whenComplete((there, failure) -> lookedAtOwn(there, failure));
      } else {
        Futures.pass(refresh(place), looked);
      }
    }

    private void lookedAtOwn(Boolean there, @Nullable Throwable failure) {
      if (failure != null || !there) {
        Futures.pass(refresh(place), looked);
        return;
      }
      Place first = place.withAhead(List.of());
      seen(first);
      looked.complete(Optional.of(first));
    }
  }
}
