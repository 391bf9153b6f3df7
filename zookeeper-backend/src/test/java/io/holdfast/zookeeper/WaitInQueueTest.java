package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.get;
import static io.holdfast.zookeeper.Clients.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the second in a queue may take it that it is the first now, without a look. */
class WaitInQueueTest {

  private static final Key QUEUE = Key.of("locks", "next");
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @AutoClose private static final ServerWithCurator SERVER = ServerWithCurator.start();

  private final Clients clients = new Clients();
  private Session holder;
  private Session waiter;

  @BeforeEach
  void connect() {
    String uri = SERVER.zookeeper().uri("next/" + UUID.randomUUID());
    holder = clients.open(uri, TIMEOUT);
    waiter = clients.open(uri, TIMEOUT);
  }

  @AfterEach
  void disconnect() {
    clients.close();
  }

  @Test
  void refreshAfter_onlyOneWasAhead_isFirst() {
    Place held = join(holder, QUEUE);
    Place place = join(waiter, QUEUE);
    CompletableFuture<Optional<Place>> next = waiter.refreshAfter(place, held.key());
    assertThat(next).isNotDone();

    get(holder.leave(List.of(held)));

    assertThat(get(next)).contains(place.withAhead(List.of()));
  }

  @Test
  void refreshAfter_ownPlaceWasRemovedBefore_isEmpty() throws Exception {
    Place held = join(holder, QUEUE);
    Place place = join(waiter, QUEUE);
    CompletableFuture<Optional<Place>> next = waiter.refreshAfter(place, held.key());

    SERVER.curator().delete().forPath(waiter.nativePath(place.key()));
    get(holder.leave(List.of(held)));

    assertThat(get(next)).isEmpty();
  }

  @Test
  void refreshAfter_placeOfAnotherSession_isEmpty() {
    Place held = join(holder, QUEUE);
    Place place = join(waiter, QUEUE);
    CompletableFuture<Optional<Place>> next = holder.refreshAfter(place, held.key());

    get(holder.leave(List.of(held)));

    assertThat(get(next)).isEmpty();
  }

  /** Its reader's node has the number of its writer's: it steps in before those who wait. */
  @Test
  void refreshAfter_curatorsWriterGoesOnAsReader_standsBehindTheReader() throws Exception {
    InterProcessReadWriteLock theirs =
        new InterProcessReadWriteLock(SERVER.curator(), waiter.nativePath(QUEUE));
    theirs.writeLock().acquire();
    Place place = get(waiter.join(List.of(new Claim(QUEUE, "write")), Payload.EMPTY)).get(0);
    CompletableFuture<Optional<Place>> next =
        waiter.refreshAfter(place, place.ahead().get(0).key());

    theirs.readLock().acquire();
    theirs.writeLock().release();

    assertThat(get(next).orElseThrow().ahead()).hasSize(1);
    theirs.readLock().release();
  }
}
