package io.holdfast.payment.scenario.topup.reconciliation;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.scenario.topup.TopUp;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.sql.DataSource;

/** Reads top-ups from the databases of a ledger, all of them. */
public final class SqlTopUps implements BookedTopUps {

  private static final int ROWS_AT_A_TIME = 1_000;

  private final List<DataSource> databases;

  /** In these databases. A reader's rights are enough. */
  public SqlTopUps(List<? extends DataSource> databases) {
    this.databases = List.copyOf(databases);
  }

  @Override
  public void forEach(LocalDate day, BiConsumer<DocumentId, TopUp> to) throws IOException {
    for (DataSource database : databases) {
      try (Connection connection = database.getConnection()) {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT id, body FROM document WHERE kind = 'topup' AND NOT fresh"
                    + " AND (left(body->>'chargedAt', 10) = ?"
                    + " OR left(body->'chargeback'->>'at', 10) = ?"
                    + " OR (body->>'state' = 'PROCESSING'"
                    + " AND left(body->>'requestedAt', 10) = ?))")) {
          select.setFetchSize(ROWS_AT_A_TIME);
          select.setString(1, day.toString());
          select.setString(2, day.toString());
          select.setString(3, day.toString());
          try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
              to.accept(new DocumentId(row.getString(1)), Json.read(row.getString(2), TopUp.class));
            }
          }
        } finally {
          connection.rollback();
        }
      } catch (SQLException e) {
        throw new IOException("the top-ups of " + day + " could not be read", e);
      }
    }
  }

  @Override
  public Optional<TopUp> find(DocumentId id) throws IOException {
    for (DataSource database : databases) {
      try (Connection connection = database.getConnection();
          PreparedStatement select =
              connection.prepareStatement(
                  "SELECT body FROM document WHERE shard = ? AND kind = 'topup' AND id = ?"
                      + " AND NOT fresh")) {
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
