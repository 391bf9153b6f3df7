package io.holdfast.payment.ledger.internal;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.ShardPlacement;
import io.holdfast.payment.ledger.internal.PlacementMap.Home;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which database has which shard, as far as this process knows: where to ask first. Where a shard
 * really is, the databases say; see {@link ShardLocator}.
 *
 * <p>All nodes share a {@link PlacementMap} in the coordination store, which the first node of a
 * new ledger writes. A node follows it by a watch, so it hears of a change as soon as the store
 * tells of it; while the store is away it keeps what it knew. Whoever finds a shard elsewhere mends
 * the map by compare-and-set, as soon as the store lets it. What is known of a shard gives way only
 * to what is known of it after more moves. So nobody who is late can undo a move.
 *
 * <p>Thread-safe.
 */
public final class Placement implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

  static final Key DIRECTORY = Key.of("ledger");
  static final Key KEY = DIRECTORY.child("placement");

  /** After a write that did not succeed, until the next. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Set<String> names;
  private final int shards;
  private final AtomicReferenceArray<Home> homes;
  private final CompletableFuture<Void> known = new CompletableFuture<>();
  private volatile @Nullable PlacementMap stored;
  private volatile @Nullable Coordinator coordinator;
  private volatile boolean closed;

  /** Used in the coordinator's context only, as is all below: what the map does not have yet. */
  private final Map<Integer, Home> unwritten = new HashMap<>();

  private boolean writing;
  private @Nullable Session session;
  private Watch watch = () -> {};
  private Runnable stopSessions = () -> {};

  /** Until the store tells: spread evenly. */
  Placement(Set<String> names, int shards) {
    this.names = new TreeSet<>(names);
    this.shards = shards;
    this.homes = new AtomicReferenceArray<>(shards);
    PlacementMap guess = PlacementMap.spread(names, shards);
    for (int shard = 0; shard < shards; shard++) {
      homes.set(shard, guess.home(shard));
    }
  }

  /** Begins to follow the map. */
  void join(Coordinator joined) {
    coordinator = joined;
    stopSessions = joined.onSession(this::follow);
  }

  /** The name of a shard's database. */
  String databaseOf(int shard) {
    return homes.get(shard).database();
  }

  /** The shards of each database. */
  SortedMap<String, SortedSet<Integer>> shardsByDatabase() {
    SortedMap<String, SortedSet<Integer>> all = new TreeMap<>();
    for (int shard = 0; shard < shards; shard++) {
      all.computeIfAbsent(databaseOf(shard), none -> new TreeSet<>()).add(shard);
    }
    return all;
  }

  /**
   * The names of all databases that ever belonged to the ledger. Waits for the store, if one has
   * been joined.
   *
   * @return empty if the store does not tell in time
   */
  Optional<Set<String>> everyDatabase(Duration atMost) {
    if (coordinator == null) {
      return Optional.of(names);
    }
    try {
      known.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    PlacementMap now = stored;
    return now == null ? Optional.empty() : Optional.of(new TreeSet<>(now.databases()));
  }

  /** It is there, as a database said. Not for the map. */
  void learn(int shard, Home home) {
    homes.accumulateAndGet(
        shard, home, (before, now) -> now.moves() >= before.moves() ? now : before);
  }

  /** It is there, as the database said when this process sealed it. The map gets to know it. */
  void found(int shard, Home home) {
    learn(shard, home);
    Coordinator joined = coordinator;
    if (joined == null) {
      return;
    }
    joined
        .context()
        .execute(
            () -> {
              PlacementMap now = stored;
              if (now == null || !now.home(shard).database().equals(home.database())) {
                unwritten.merge(shard, home, (a, b) -> b.moves() >= a.moves() ? b : a);
                write();
              }
            });
  }

  private void follow(Session opened) {
    if (closed) {
      return;
    }
    session = opened;
    writing = false;
    watch.close();
    watch =
        opened.watch(
            DIRECTORY,
            snapshot -> {
              if (!closed && opened.equals(session)) {
                read(entry(snapshot)).ifPresent(this::heard);
                write();
              }
            });
  }

  private static Optional<Entry> entry(Snapshot snapshot) {
    return snapshot.entries().stream().filter(each -> each.key().equals(KEY)).findFirst();
  }

  private Optional<PlacementMap> read(Optional<Entry> entry) {
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    PlacementMap read;
    try {
      read = Json.read(entry.get().payload().text(), PlacementMap.class);
    } catch (IllegalArgumentException e) {
      throw new UnreadableMapException(String.valueOf(e.getMessage()));
    }
    if (read.shards().size() != shards) {
      throw new UnreadableMapException(
          "it has " + read.shards().size() + " shards and this ledger " + shards);
    }
    return Optional.of(read);
  }

  /** Left as it is; what was known stays. */
  private static final class UnreadableMapException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableMapException(String why) {
      super("the map of shards at " + KEY + " cannot be read: " + why);
    }
  }

  private void heard(PlacementMap map) {
    PlacementMap before = stored;
    if (before != null && before.version() >= map.version()) {
      return;
    }
    stored = map;
    for (int shard = 0; shard < shards; shard++) {
      learn(shard, map.home(shard));
    }
    unwritten.entrySet().removeIf(each -> isIn(map, each.getKey(), each.getValue()));
    known.complete(null);
  }

  private static boolean isIn(PlacementMap map, int shard, Home home) {
    Home there = map.home(shard);
    return there.equals(home) || there.moves() > home.moves();
  }

  /** One at a time: reads, changes, and puts it if nobody has meanwhile. */
  private void write() {
    PlacementMap now = stored;
    Session by = session;
    boolean nothing = now != null && unwritten.isEmpty() && now.databases().containsAll(names);
    if (closed || writing || by == null || nothing) {
      return;
    }
    writing = true;
    by.list(DIRECTORY, Consistency.LINEARIZABLE)
        .thenCompose(snapshot -> put(by, entry(snapshot)))
        .whenComplete((map, failure) -> in(by, () -> written(by, map, failure)));
  }

  private CompletableFuture<PlacementMap> put(Session by, Optional<Entry> before) {
    PlacementMap next =
        read(before)
            .orElseGet(() -> PlacementMap.spread(names, shards))
            .with(names, Map.copyOf(unwritten));
    Payload payload = Payload.utf8(Json.write(next));
    if (before.map(Entry::payload).equals(Optional.of(payload))) {
      return CompletableFuture.completedFuture(next);
    }
    Transaction.Guard guard =
        before
            .map(Entry::modified)
            .<Transaction.Guard>map((Revision seen) -> new Transaction.Unmodified(KEY, seen))
            .orElseGet(() -> new Transaction.Absent(KEY));
    return by.commit(Transaction.EMPTY.require(guard).put(KEY, payload)).thenApply(done -> next);
  }

  private void in(Session by, Runnable task) {
    Coordinator joined = coordinator;
    if (joined != null) {
      joined
          .context()
          .execute(
              () -> {
                if (!closed && by.equals(session)) {
                  task.run();
                }
              });
    }
  }

  private void written(Session by, @Nullable PlacementMap map, @Nullable Throwable failure) {
    writing = false;
    Coordinator joined = coordinator;
    if (map != null) {
      heard(map);
      write();
    } else if (cause(failure) instanceof UnreadableMapException unreadable) {
      LOG.warn("{}", unreadable.getMessage());
    } else if (joined != null) {
      LOG.debug("the map of shards was not written, to be tried again", failure);
      joined.context().schedule(joined.context().jittered(PAUSE), () -> in(by, this::write));
    }
  }

  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** All of it, for people. */
  ShardPlacement view(Set<Integer> owned) {
    PlacementMap now = stored;
    Set<String> databases = new TreeSet<>(names);
    if (now != null) {
      databases.addAll(now.databases());
    }
    List<ShardPlacement.Shard> all = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      Home home = homes.get(shard);
      all.add(
          new ShardPlacement.Shard(
              shard,
              home.database(),
              home.moves(),
              owned.contains(shard) ? ShardPlacement.Owner.HERE : ShardPlacement.Owner.ELSEWHERE));
    }
    return ShardPlacement.of(now == null ? 0 : now.version(), all, databases);
  }

  /** Follows no longer; what was known stays. Idempotent. */
  @Override
  public void close() {
    closed = true;
    Coordinator joined = coordinator;
    if (joined != null) {
      stopSessions.run();
      joined.context().execute(() -> watch.close());
    }
  }
}
