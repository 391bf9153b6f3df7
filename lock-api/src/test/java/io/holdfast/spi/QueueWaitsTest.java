package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The loop runs what this thread gives it here and there, so all is done when a call returns. */
final class QueueWaitsTest {

  private static final Claim CLAIM = Claim.exclusive(Key.of("locks", "a"));
  private static final Place FIRST = place("first", 1);
  private static final Place OTHER = place("other", 2);
  private static final Place OWN = place("own", 3);

  private final EventLoop loop = new EventLoop("queue-waits-test");
  private final SessionLife life =
      new SessionLife(loop, "test", loop.nanoTime() + Duration.ofHours(1).toNanos());
  private final SessionPlaces own = new SessionPlaces();
  private final Fake store = new Fake();
  private final QueueWaits waits = new QueueWaits(loop, own, life, store);

  private static Place place(String name, long created) {
    return new Place(CLAIM, CLAIM.queue().child(name), new Revision(created));
  }

  private static Place behind(Place place, Place... ahead) {
    return place.withAhead(
        List.of(ahead).stream()
            .map(each -> new Place.Member(each.key(), Claim.EXCLUSIVE))
            .toList());
  }

  /** Somebody's queue, and what it was asked. */
  private static final class Fake implements QueueWaits.Store {
    private final List<Place> queue = new ArrayList<>(List.of(FIRST, OTHER, OWN));
    private final Map<Key, Runnable> watched = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    @Override
    public CompletableFuture<Optional<Place>> look(Place place) {
      asked.add("look");
      int at = queue.indexOf(place(place.key().name(), place.created().value()));
      return CompletableFuture.completedFuture(
          at < 0
              ? Optional.empty()
              : Optional.of(behind(place, queue.subList(0, at).toArray(Place[]::new))));
    }

    @Override
    public CompletableFuture<Boolean> isThere(Place place) {
      asked.add("isThere");
      return CompletableFuture.completedFuture(
          queue.stream().anyMatch(each -> each.key().equals(place.key())));
    }

    @Override
    public boolean nobodyComesBetween(Place place, Place.Member nearest) {
      return true;
    }

    @Override
    public Runnable watch(Key key, Runnable onGone) {
      watched.put(key, onGone);
      return () -> watched.remove(key);
    }

    private void gone(Place place) {
      queue.remove(place);
      Optional.ofNullable(watched.remove(place.key())).ifPresent(Runnable::run);
    }
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void refreshAfter_theFirstGoes_looksAtTheOwnPlaceOnly() {
    store.queue.remove(OTHER);
    own.taken(List.of(OWN));
    CompletableFuture<Optional<Place>> looked = waits.refreshAfter(behind(OWN, FIRST), FIRST.key());
    assertThat(looked).isNotDone();

    store.gone(FIRST);

    assertThat(looked.join()).get().matches(Place::isFirst);
    assertThat(store.asked).containsExactly("isThere");
  }

  @Test
  void refreshAfter_oneOfSeveralGoes_looksAtTheQueue() {
    own.taken(List.of(OWN));
    CompletableFuture<Optional<Place>> looked =
        waits.refreshAfter(behind(OWN, FIRST, OTHER), OTHER.key());

    store.gone(OTHER);

    assertThat(looked.join()).get().isEqualTo(behind(OWN, FIRST));
    assertThat(store.asked).containsExactly("look");
  }

  @Test
  void refreshAfter_theOwnPlaceIsGoneToo_isEmptyAndForgotten() {
    store.queue.clear();
    own.taken(List.of(OWN));
    CompletableFuture<Optional<Place>> looked = waits.refreshAfter(behind(OWN, FIRST), FIRST.key());

    store.gone(FIRST);

    assertThat(looked.join()).isEmpty();
    assertThat(own.has(OWN.key())).isFalse();
  }

  @Test
  void refreshAfter_behindAPlaceOfTheSession_needsNoWatchButForOneThatMayBeTakenAway() {
    store.queue.remove(FIRST);
    own.taken(List.of(OTHER));
    own.isFirst(OTHER.key());
    own.taken(List.of(OWN));
    Place waiting = new Place(CLAIM.showingNearest(), OWN.key(), OWN.created());
    CompletableFuture<Optional<Place>> looked =
        waits.refreshAfter(behind(waiting, OTHER), OTHER.key());
    assertThat(store.watched).isEmpty();

    store.queue.remove(OTHER);
    own.gone(OTHER.key());

    assertThat(looked.join()).get().matches(Place::isFirst);
  }

  @Test
  void refreshAfter_cancelled_takesTheWatchAway() {
    own.taken(List.of(OWN));
    CompletableFuture<Optional<Place>> looked = waits.refreshAfter(behind(OWN, FIRST), FIRST.key());
    assertThat(store.watched).containsKey(FIRST.key());

    looked.cancel(false);

    assertThat(store.watched).isEmpty();
  }

  @Test
  void refreshAfter_sessionIsLost_fails() {
    own.taken(List.of(OWN));
    CompletableFuture<Optional<Place>> looked = waits.refreshAfter(behind(OWN, FIRST), FIRST.key());

    life.lose(LossReason.EXPIRED);

    assertThat(looked).isCompletedExceptionally();
    assertThat(store.watched).isEmpty();
  }

  @Test
  void refresh_placeThatIsBeingLeft_isNotAskedFor() {
    own.taken(List.of(OWN));
    own.leaving(OWN.key());

    assertThat(waits.refresh(OWN).join()).isEmpty();
    assertThat(store.asked).isEmpty();
  }
}
