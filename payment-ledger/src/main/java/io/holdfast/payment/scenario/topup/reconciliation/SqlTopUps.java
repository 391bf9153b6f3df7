package io.holdfast.payment.scenario.topup.reconciliation;

import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.scenario.topup.TopUp;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Reads top-ups from the databases of a ledger. All of them have to be given: that every shard was
 * read, and once, is checked.
 */
public final class SqlTopUps implements BookedTopUps {

  private static final int ROWS_AT_A_TIME = 1_000;

  private final List<DatabaseConfig> databases;

  /** In these databases. A reader's rights are enough. */
  public SqlTopUps(List<DatabaseConfig> databases) {
    this.databases = List.copyOf(databases);
  }

  private static Connection connect(DatabaseConfig database) throws SQLException {
    return DriverManager.getConnection(database.url(), database.user(), database.password());
  }

  @Override
  public void forEach(LocalDate day, BiConsumer<DocumentId, TopUp> to) throws IOException {
    BitSet read = new BitSet();
    int shards = 0;
    for (DatabaseConfig database : databases) {
      try (Connection connection = connect(database)) {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        // What is there and which shards are there are of one moment.
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try {
          shards = addShards(connection, read);
          read(connection, day, to);
        } finally {
          connection.rollback();
        }
      } catch (SQLException e) {
        throw new IOException("the top-ups of " + day + " could not be read", e);
      }
    }
    if (read.cardinality() != shards) {
      throw new IOException(
          "%d of %d shards were found: name all databases of the ledger, and if they are, a shard"
                  .formatted(read.cardinality(), shards)
              + " was moving just now: try again");
    }
  }

  /** Returns how many the ledger has. */
  private static int addShards(Connection connection, BitSet read)
      throws SQLException, IOException {
    int shards = 0;
    try (Statement select = connection.createStatement();
        ResultSet row =
            select.executeQuery(
                "SELECT l.shards, s.shard FROM ledger l"
                    + " LEFT JOIN shard s ON s.state = 'HERE' ORDER BY s.shard")) {
      while (row.next()) {
        shards = row.getInt(1);
        int shard = row.getInt(2);
        if (row.wasNull()) {
          break;
        }
        if (read.get(shard)) {
          throw new IOException("shard " + shard + " is in two databases: try again");
        }
        read.set(shard);
      }
    }
    return shards;
  }

  private static void read(Connection connection, LocalDate day, BiConsumer<DocumentId, TopUp> to)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT d.id, d.body FROM document d JOIN shard s USING (shard)"
                + " WHERE s.state = 'HERE' AND d.kind = 'topup' AND NOT d.fresh"
                + " AND (left(d.body->>'chargedAt', 10) = ?"
                + " OR EXISTS (SELECT FROM jsonb_array_elements(d.body->'chargebacks') c"
                + " WHERE left(c->>'at', 10) = ? OR left(c->'reversal'->>'at', 10) = ?)"
                + " OR (d.body->>'state' = 'PROCESSING'"
                + " AND left(d.body->>'requestedAt', 10) = ?))")) {
      select.setFetchSize(ROWS_AT_A_TIME);
      select.setString(1, day.toString());
      select.setString(2, day.toString());
      select.setString(3, day.toString());
      select.setString(4, day.toString());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          to.accept(new DocumentId(row.getString(1)), Json.read(row.getString(2), TopUp.class));
        }
      }
    }
  }

  @Override
  public Optional<TopUp> find(DocumentId id) throws IOException {
    for (DatabaseConfig database : databases) {
      try (Connection connection = connect(database);
          PreparedStatement select =
              connection.prepareStatement(
                  "SELECT d.body FROM document d JOIN shard s USING (shard)"
                      + " WHERE s.state = 'HERE' AND d.shard = ? AND d.kind = 'topup'"
                      + " AND d.id = ? AND NOT d.fresh")) {
        select.setInt(1, id.shard());
        select.setString(2, id.value());
        try (ResultSet row = select.executeQuery()) {
          if (row.next()) {
            return Optional.of(Json.read(row.getString(1), TopUp.class));
          }
        }
      } catch (SQLException e) {
        throw new IOException("the top-up " + id + " could not be looked for", e);
      }
    }
    return Optional.empty();
  }
}
