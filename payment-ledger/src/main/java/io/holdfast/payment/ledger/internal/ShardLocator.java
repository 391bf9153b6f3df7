package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.ledger.internal.PlacementMap.Home;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the database that has a shard. The databases tell; the {@link Placement} is where to begin.
 *
 * <pre>
 *   HERE                            it is the one; no two are HERE
 *   MOVED to x, after n moves       then x, if it is ARRIVING or HERE after n + 1, or has MOVED on
 *   ARRIVING, and nobody has MOVED  a move that did not come to its end: not this one
 *   ABSENT                          not this one
 *   all are ABSENT                  the shard is new
 * </pre>
 *
 * <p>A shard that all databases call ABSENT is claimed in the database that the map has for it. To
 * that end all databases of the ledger must answer, and each is sealed by the claimant's token
 * before it is asked. So of two who claim at once the one with the smaller token fails, wherever
 * they claim. If a database cannot be reached, nothing is claimed.
 *
 * <p>Thread-safe.
 */
final class ShardLocator {

  /** How long a claim waits for the map. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Map<String, LedgerDatabase> databases;
  private final Placement placement;

  ShardLocator(Map<String, LedgerDatabase> databases, Placement placement) {
    this.databases = new TreeMap<>(databases);
    this.placement = placement;
  }

  /** What a database says of a shard. */
  record Seen(LedgerDatabase database, String state, Optional<String> movedTo, long moves) {
    boolean is(String expected) {
      return state.equals(expected);
    }

    Home home() {
      return new Home(database.name(), moves);
    }
  }

  /**
   * Seals a shard where it is, and makes it HERE there.
   *
   * @throws StaleOwnerException if somebody with a greater token has sealed it
   * @throws LedgerUnavailableException if it is not found now; to be tried again
   */
  Seen seal(Fence fence) {
    int shard = fence.shard();
    Optional<Seen> latest = follow(shard, database -> seal(database, fence));
    if (latest.isPresent()) {
      return latest.get().is("HERE") ? latest.get() : arrive(latest.get(), fence);
    }
    List<Seen> all = new ArrayList<>();
    RuntimeException unreachable = null;
    for (LedgerDatabase each : databases.values()) {
      try {
        all.add(seal(each, fence));
      } catch (LedgerUnavailableException e) {
        unreachable = e;
      }
    }
    Optional<Seen> found = among(all, unreachable == null);
    if (found.isPresent()) {
      return found.get().is("HERE") ? found.get() : arrive(found.get(), fence);
    }
    if (unreachable != null) {
      throw new LedgerUnavailableException(
          "shard " + shard + " may be in a database that cannot be reached", unreachable);
    }
    if (!all.stream().allMatch(each -> each.is("ABSENT"))) {
      throw new LedgerUnavailableException(
          "no database has shard " + shard + ", though it was there: is one missing, or older?",
          null);
    }
    return claim(fence);
  }

  /**
   * Looks where a shard is, without sealing it.
   *
   * @return empty if nobody has it yet, or if that cannot be told now
   */
  Optional<Seen> look(int shard) {
    Optional<Seen> latest = follow(shard, database -> look(database, shard));
    if (latest.isEmpty()) {
      List<Seen> all = new ArrayList<>();
      for (LedgerDatabase each : databases.values()) {
        try {
          all.add(look(each, shard));
        } catch (LedgerUnavailableException e) {
          // The others may know.
        }
      }
      latest = among(all, all.size() == databases.size());
    }
    latest.ifPresent(seen -> placement.learn(shard, seen.home()));
    return latest;
  }

  private interface Asking {
    Seen in(LedgerDatabase database);
  }

  /** From where the map has it; empty if that leads nowhere. */
  private Optional<Seen> follow(int shard, Asking asking) {
    Seen before = null;
    Seen now = asking.in(database(shard, placement.databaseOf(shard)));
    while (now.is("MOVED") && (before == null || now.moves() > before.moves())) {
      before = now;
      now = asking.in(database(shard, now.movedTo().orElseThrow()));
    }
    return now.is("HERE") || isNext(before, now) ? Optional.of(now) : Optional.empty();
  }

  /** The one that is HERE; else, if all have told, the one that the latest has MOVED to. */
  private static Optional<Seen> among(List<Seen> all, boolean complete) {
    Optional<Seen> here = all.stream().filter(each -> each.is("HERE")).findFirst();
    if (here.isPresent() || !complete) {
      return here;
    }
    Seen last =
        all.stream()
            .filter(each -> each.is("MOVED"))
            .max(Comparator.comparing(Seen::moves))
            .orElse(null);
    return all.stream().filter(each -> isNext(last, each)).findFirst();
  }

  private static boolean isNext(@Nullable Seen before, Seen now) {
    return before != null
        && now.is("ARRIVING")
        && now.moves() == before.moves() + 1
        && before.movedTo().equals(Optional.of(now.database().name()));
  }

  private LedgerDatabase database(int shard, String name) {
    LedgerDatabase database = databases.get(name);
    if (database == null) {
      throw new LedgerUnavailableException(
          "shard " + shard + " is in the database " + name + ", which this node does not know",
          null);
    }
    return database;
  }

  private static Seen seal(LedgerDatabase database, Fence fence) {
    return database.run(
        connection -> {
          ShardRow.seal(connection, fence);
          return read(database, connection, fence.shard());
        });
  }

  private static Seen look(LedgerDatabase database, int shard) {
    return database.run(connection -> read(database, connection, shard));
  }

  private static Seen read(LedgerDatabase database, Connection connection, int shard)
      throws SQLException {
    List<Seen> seen = new ArrayList<>();
    new Message(connection)
        .query(
            row ->
                seen.add(
                    new Seen(
                        database,
                        row.getString(1),
                        Optional.ofNullable(row.getString(2)),
                        row.getLong(3))),
            "SELECT state, moved_to, moves FROM shard WHERE shard = ?",
            shard)
        .run();
    return seen.get(0);
  }

  /** The move there is ended by whoever owns it now. */
  private static Seen arrive(Seen seen, Fence fence) {
    return become(
        seen.database(),
        fence,
        "UPDATE shard SET state = 'HERE' WHERE shard = ? AND fence_token = ? AND moves = ?"
            + " AND state IN ('ARRIVING', 'HERE') RETURNING moves",
        fence.shard(),
        fence.token().toUuid(),
        seen.moves());
  }

  private Seen claim(Fence fence) {
    int shard = fence.shard();
    Optional<Set<String>> every = placement.everyDatabase(PATIENCE);
    if (every.isEmpty()) {
      throw new LedgerUnavailableException(
          "shard " + shard + " is new, and the coordination store does not tell where it goes",
          null);
    }
    for (String name : every.get()) {
      database(shard, name);
    }
    return become(
        database(shard, placement.databaseOf(shard)),
        fence,
        "UPDATE shard SET state = 'HERE', moves = 1 WHERE shard = ? AND fence_token = ?"
            + " AND state = 'ABSENT' RETURNING moves",
        shard,
        fence.token().toUuid());
  }

  private static Seen become(
      LedgerDatabase database, Fence fence, String sql, Object... parameters) {
    List<Long> moves =
        database.run(
            connection -> {
              List<Long> changed = new ArrayList<>();
              new Message(connection)
                  .query(row -> changed.add(row.getLong(1)), sql, parameters)
                  .run();
              return changed;
            });
    if (moves.isEmpty()) {
      throw new StaleOwnerException(fence.shard(), null);
    }
    return new Seen(database, "HERE", Optional.empty(), moves.get(0));
  }
}
