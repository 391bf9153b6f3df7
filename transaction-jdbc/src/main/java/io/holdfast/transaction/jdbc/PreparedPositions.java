package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.BranchId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where branches were prepared that were not seen to end: on which server, and where in its log.
 *
 * <p>A server keeps what was prepared there. One that takes its place has it too if it had replayed
 * the log that far when it was promoted; then a branch that it does not know has ended, there or
 * before, and has not been lost. PostgreSQL says how far that was until it is started again.
 * Thread-safe.
 */
final class PreparedPositions {

  /** Takes a place in the log; null if it is not known how far the server had replayed. */
  private static final String HAD_REPLAYED = "SELECT pg_last_wal_replay_lsn() >= ?::pg_lsn";

  private static final int TIMELINE_DIGITS = 16;

  /**
   * One of them.
   *
   * @param server its data and its timeline: {@code 7310983422/00000001}
   * @param position of its log, after the branch was prepared; empty if nobody asked
   */
  private record Place(String server, Optional<String> position) {}

  private final Map<BranchId, Place> places = new ConcurrentHashMap<>();

  /** It is about to be prepared there, or on a later server. */
  void preparing(BranchId branch, String server) {
    places.put(branch, new Place(server, Optional.empty()));
  }

  /** It is prepared where it was to be, before {@code position}. */
  void prepared(BranchId branch, String position) {
    places.computeIfPresent(
        branch, (same, place) -> new Place(place.server, Optional.of(position)));
  }

  /** It is prepared there still, as that server says itself. */
  void seen(BranchId branch, String server) {
    places.computeIfPresent(
        branch,
        (same, place) -> place.server.equals(server) ? place : new Place(server, Optional.empty()));
  }

  void forget(Collection<BranchId> branches) {
    places.keySet().removeAll(branches);
  }

  /**
   * Whether a branch may have been lost that the server does not know.
   *
   * @param connection to it
   * @param now what it calls itself
   * @return the server that had the branch; empty if it has ended
   */
  Optional<String> lostFrom(BranchId branch, Connection connection, String now)
      throws SQLException {
    Place then = places.get(branch);
    return then == null
            || then.server.equals(now)
            || (isNext(then.server, now)
                && then.position.isPresent()
                && hadReplayed(connection, then.position.get()))
        ? Optional.empty()
        : Optional.of(then.server);
  }

  /** The same data, and the timeline that comes after: what was replayed was the other's log. */
  private static boolean isNext(String then, String now) {
    int slash = then.indexOf('/');
    return now.startsWith(then.substring(0, slash + 1))
        && timeline(now, slash) == timeline(then, slash) + 1;
  }

  private static long timeline(String server, int slash) {
    return Long.parseLong(server.substring(slash + 1), TIMELINE_DIGITS);
  }

  private static boolean hadReplayed(Connection connection, String position) throws SQLException {
    try (PreparedStatement ask = connection.prepareStatement(HAD_REPLAYED)) {
      ask.setString(1, position);
      try (ResultSet row = ask.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
