package io.holdfast.transaction.jdbc.saga;

import io.holdfast.transaction.jdbc.internal.Sql;
import io.holdfast.transaction.saga.Direction;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.Saga.Verdict;
import io.holdfast.transaction.saga.SagaState;
import io.holdfast.transaction.saga.StepEnd;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sagas as rows. */
final class SagaRows {

  private SagaRows() {}

  /** A step that has ended, and whose. */
  private record Ended(String saga, StepEnd step) {}

  /** False if there is one of its id. */
  static boolean insert(Connection connection, SagaSql sql, Saga saga) throws SQLException {
    return Sql.insertUnlessThere(
        connection,
        sql.insert(),
        saga.id(),
        saga.definition(),
        saga.version(),
        saga.input(),
        saga.created().toEpochMilli(),
        saga.deadline().toEpochMilli(),
        saga.change(),
        saga.state().name(),
        saga.direction().name(),
        saga.step(),
        saga.attempts(),
        saga.called() ? 1 : 0,
        saga.since().toEpochMilli(),
        saga.due().toEpochMilli(),
        saga.reason(),
        saga.verdict().name());
  }

  /** False if it does not stand as it did before this change. */
  static boolean update(Connection connection, SagaSql sql, Saga saga) throws SQLException {
    return Sql.update(
            connection,
            sql.update(),
            saga.change(),
            saga.state().name(),
            saga.direction().name(),
            saga.step(),
            saga.attempts(),
            saga.called() ? 1 : 0,
            saga.since().toEpochMilli(),
            saga.due().toEpochMilli(),
            saga.reason(),
            saga.verdict().name(),
            saga.id(),
            saga.change() - 1)
        == 1;
  }

  static void insertStep(Connection connection, SagaSql sql, String saga, StepEnd end)
      throws SQLException {
    Sql.update(
        connection,
        sql.insertStep(),
        saga,
        end.direction().name(),
        end.step(),
        end.done() ? 1 : 0,
        end.text(),
        end.attempts(),
        end.ended().toEpochMilli());
  }

  /** What a query of the columns finds, with the results of their steps. */
  static List<Saga> query(
      Connection connection, SagaSql sql, String query, @Nullable Object... values)
      throws SQLException {
    List<Saga> bare = Sql.query(connection, SagaRows::bare, query, values);
    Map<String, Map<String, String>> results = new HashMap<>();
    for (Ended each : ended(connection, sql, bare.stream().map(Saga::id).toList())) {
      if (each.step.done() && each.step.direction() == Direction.FORWARD) {
        results
            .computeIfAbsent(each.saga, none -> new LinkedHashMap<>())
            .put(each.step.step(), each.step.text());
      }
    }
    return bare.stream()
        .map(saga -> saga.withResults(results.getOrDefault(saga.id(), Map.of())))
        .toList();
  }

  static List<StepEnd> steps(Connection connection, SagaSql sql, String saga) throws SQLException {
    return ended(connection, sql, List.of(saga)).stream().map(Ended::step).toList();
  }

  private static List<Ended> ended(Connection connection, SagaSql sql, List<String> ids)
      throws SQLException {
    List<Ended> ended = new ArrayList<>();
    for (List<String> some : Sql.parts(ids)) {
      ended.addAll(
          Sql.query(connection, SagaRows::readStep, sql.stepsOf(Sql.marks(some)), some.toArray()));
    }
    return ended;
  }

  private static Ended readStep(ResultSet row) throws SQLException {
    return new Ended(
        row.getString(1),
        new StepEnd(
            row.getString(3),
            Direction.valueOf(row.getString(2)),
            row.getInt(4) == 1,
            Optional.ofNullable(row.getString(5)).orElse(""),
            row.getInt(6),
            Instant.ofEpochMilli(row.getLong(7))));
  }

  private static Saga bare(ResultSet row) throws SQLException {
    return new Saga(
        row.getString(1),
        row.getString(2),
        row.getInt(3),
        row.getString(4),
        Instant.ofEpochMilli(row.getLong(5)),
        Instant.ofEpochMilli(row.getLong(6)),
        row.getLong(7),
        SagaState.valueOf(row.getString(8)),
        Direction.valueOf(row.getString(9)),
        row.getInt(10),
        row.getInt(11),
        row.getInt(12) == 1,
        Instant.ofEpochMilli(row.getLong(13)),
        Instant.ofEpochMilli(row.getLong(14)),
        Optional.ofNullable(row.getString(15)).orElse(""),
        Verdict.valueOf(row.getString(16)),
        Map.of());
  }
}
