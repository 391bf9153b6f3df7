package samples.spring.accounts;

import io.holdfast.fence.FenceHeader;
import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.JdbcFence.Column;
import io.holdfast.fence.StaleTokenException;
import jakarta.annotation.PostConstruct;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Balances in cents. An account begins with 10,000. */
@RestController
class Accounts {

  private static final JdbcFence<String> FENCE = JdbcFence.inTable("fence", Column.UUID);
  private static final long BEGINNING = 10_000;

  private final DataSource database;

  Accounts(DataSource database) {
    this.database = database;
  }

  @PostConstruct
  void createTables() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          JdbcFence.ddl(connection, "fence", Column.UUID)
              .replaceFirst("(?i)create table (?!if)", "CREATE TABLE IF NOT EXISTS "));
      statement.execute(
          "CREATE TABLE IF NOT EXISTS account (id VARCHAR(40) PRIMARY KEY, balance BIGINT NOT NULL)");
    }
  }

  @GetMapping("/accounts/{id}")
  long balance(@PathVariable String id) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return balance(connection, id);
    }
  }

  /** Debits under the token of the caller's lock. */
  @PostMapping("/accounts/{id}/debits")
  long debit(
      @PathVariable String id,
      @RequestParam long cents,
      @RequestHeader(FenceHeader.NAME) String fence)
      throws SQLException {
    FenceHeader header = FenceHeader.parse(fence);
    if (!header.lock().text().equals("account/" + id) || cents <= 0) {
      throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "the token of another account");
    }
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      FENCE.enrol(connection, header.lock().text());
      FENCE.seal(connection, header.lock().text(), header.token());
      long after = balance(connection, id) - cents;
      if (after < 0) {
        connection.rollback();
        throw new ResponseStatusException(HttpStatus.CONFLICT, "not enough money");
      }
      try (PreparedStatement update =
          connection.prepareStatement("MERGE INTO account KEY (id) VALUES (?, ?)")) {
        update.setString(1, id);
        update.setLong(2, after);
        update.executeUpdate();
      }
      connection.commit();
      return after;
    }
  }

  @ExceptionHandler(StaleTokenException.class)
  @ResponseStatus(HttpStatus.CONFLICT)
  String stale(StaleTokenException late) {
    return String.valueOf(late.getMessage());
  }

  private static long balance(Connection connection, String id) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT balance FROM account WHERE id = ?")) {
      query.setString(1, id);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : BEGINNING;
      }
    }
  }
}
