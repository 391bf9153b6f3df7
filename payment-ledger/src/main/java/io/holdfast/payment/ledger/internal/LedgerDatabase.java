package io.holdfast.payment.ledger.internal;

import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import io.holdfast.payment.ledger.ShardMap;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * One of the ledger's databases: brings the schema up to date, checks that it is of this ledger,
 * and has the connections and the lanes.
 */
public final class LedgerDatabase implements AutoCloseable {

  private static final String SCHEMA = "classpath:io/holdfast/payment/ledger/sql";

  private static final int OLDEST_VERSION = 12;

  /** Threads that work in a database; a second one plans while the first waits for the log. */
  private static final int WORKERS = 2;

  private static final int SECRET_BYTES = 32;

  private final String name;
  private final DatabaseConnections connections;
  private final Lane lane;

  private LedgerDatabase(
      String name,
      DatabaseConnections connections,
      String node,
      Duration deadline,
      InstantSource clock) {
    this.name = name;
    this.connections = connections;
    this.lane = new Lane(name, WORKERS, connections::open, node, deadline, clock);
  }

  /**
   * Connects and prepares. Blocks; bounded by the time-outs of the driver.
   *
   * @throws LedgerUnavailableException if PostgreSQL cannot be reached or refuses
   * @throws IllegalArgumentException if it is too old
   */
  public static LedgerDatabase open(
      String name, DatabaseConfig config, String node, Duration deadline, InstantSource clock) {
    try {
      Flyway schema = schema(config);
      requireVersion(name, version(schema.getConfiguration().getDataSource()));
      schema.migrate();
      return new LedgerDatabase(
          name, new DatabaseConnections(name, config, WORKERS), node, deadline, clock);
    } catch (SQLException | FlywayException | PoolInitializationException e) {
      throw new LedgerUnavailableException(
          "cannot prepare the database at " + config.url() + ": " + rootMessage(e), e);
    }
  }

  /** Apart from the pool: a migration may take longer than the pool lets a statement take. */
  private static Flyway schema(DatabaseConfig config) {
    return Flyway.configure()
        .jdbcProperties(
            Map.of(
                "connectTimeout",
                "" + DatabaseConnections.CONNECT_SECONDS,
                "loginTimeout",
                "" + 2 * DatabaseConnections.CONNECT_SECONDS,
                "tcpKeepAlive",
                "true"))
        .dataSource(config.url(), config.user(), config.password())
        .locations(SCHEMA)
        .load();
  }

  private static int version(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return connection.getMetaData().getDatabaseMajorVersion();
    }
  }

  /**
   * Refuses servers that are too old. The schema has triggers that {@code EXECUTE FUNCTION}, which
   * 11 brought; 12 is what {@code transaction-jdbc} asks for, and so one bound for all of Holdfast.
   */
  static void requireVersion(String name, int major) {
    if (major < OLDEST_VERSION) {
      throw new IllegalArgumentException(
          "the database "
              + name
              + " is of PostgreSQL "
              + major
              + ", and the ledger needs "
              + OLDEST_VERSION
              + " or later: upgrade its server, which pg_upgrade does without a loss, or name"
              + " another database");
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("no reason given");
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** Work in a transaction. */
  public interface Work<T> {
    /** Does it. */
    T in(Connection connection) throws SQLException;
  }

  /**
   * Runs and commits. Blocks.
   *
   * @throws LedgerUnavailableException no effect
   * @throws OutcomeUnknownException the connection broke at commit
   */
  public <T> T run(Work<T> work) {
    return run(work, 1);
  }

  /** The same for what changes nothing, and is begun anew if the connection turns out to be cut. */
  public <T> T read(Work<T> work) {
    return run(work, 2);
  }

  private <T> T run(Work<T> work, int tries) {
    boolean committing = false;
    try (Connection connection = connections.borrow()) {
      try {
        T result = work.in(connection);
        committing = true;
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        try {
          connection.rollback();
        } catch (SQLException cut) {
          // Says less than what came before it.
          e.addSuppressed(cut);
        }
        throw e;
      }
    } catch (SQLException e) {
      boolean cut = DatabaseConnections.isCut(e);
      if (cut) {
        connections.evict();
      }
      if (cut && tries > 1) {
        return run(work, tries - 1);
      }
      if (committing) {
        throw new OutcomeUnknownException(e);
      }
      throw new LedgerUnavailableException(
          "the database " + name + " could not do it: " + rootMessage(e), e);
    }
  }

  /**
   * How it is laid out.
   *
   * @param secret hexadecimal
   */
  record Layout(String name, int shards, String secret) {

    /** Without the secret. */
    @Override
    public String toString() {
      return name + ", " + shards + " shards";
    }
  }

  Optional<Layout> layout() {
    return run(
        connection -> {
          try (PreparedStatement read =
                  connection.prepareStatement(
                      "SELECT name, shards, encode(secret, 'hex') FROM ledger");
              ResultSet row = read.executeQuery()) {
            return row.next()
                ? Optional.of(new Layout(row.getString(1), row.getInt(2), row.getString(3)))
                : Optional.empty();
          }
        });
  }

  /** Makes it a part of the ledger with this secret, unless it is laid out already. */
  void layOut(ShardMap map, String secret) {
    run(
        connection -> {
          try (PreparedStatement first =
                  connection.prepareStatement(
                      "INSERT INTO ledger (name, shards, secret) VALUES (?, ?, decode(?, 'hex'))"
                          + " ON CONFLICT DO NOTHING");
              PreparedStatement rows =
                  connection.prepareStatement(
                      "INSERT INTO shard (shard) SELECT generate_series(0, shards - 1) FROM ledger"
                          + " ON CONFLICT DO NOTHING")) {
            first.setString(1, name);
            first.setInt(2, map.shards());
            first.setString(3, secret);
            first.executeUpdate();
            return rows.executeUpdate();
          }
        });
  }

  /**
   * Makes all of them parts of one ledger, and checks that they are.
   *
   * @return the ledger's secret
   * @throws IllegalArgumentException if one is of another ledger, has another name in it, or was
   *     laid out with another number of shards
   */
  public static byte[] join(List<LedgerDatabase> databases, ShardMap map) {
    String secret =
        databases.stream()
            .flatMap(each -> each.layout().stream())
            .map(Layout::secret)
            .findFirst()
            .orElseGet(LedgerDatabase::newSecret);
    List<Layout> layouts = new ArrayList<>();
    for (LedgerDatabase each : databases) {
      // The first one decides, if two nodes make a ledger at once.
      each.layOut(map, layouts.isEmpty() ? secret : layouts.get(0).secret());
      layouts.add(check(each, map));
    }
    for (Layout each : layouts) {
      if (!each.secret().equals(layouts.get(0).secret())) {
        throw new IllegalArgumentException(
            "the databases "
                + layouts.get(0).name()
                + " and "
                + each.name()
                + " are of different ledgers: name the databases of one ledger only");
      }
    }
    return HexFormat.of().parseHex(layouts.get(0).secret());
  }

  private static Layout check(LedgerDatabase database, ShardMap map) {
    Layout layout = database.layout().orElseThrow();
    if (!layout.name().equals(database.name)) {
      throw new IllegalArgumentException(
          "the database called "
              + database.name
              + " here is called "
              + layout.name()
              + " in its ledger: name it so");
    }
    if (layout.shards() != map.shards()) {
      throw new IllegalArgumentException(
          "the ledger is laid out in "
              + layout.shards()
              + " shards, and this node was told "
              + map.shards()
              + ": start it with the same number");
    }
    return layout;
  }

  private static String newSecret() {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  Lane lane() {
    return lane;
  }

  /** The shards that this process owns here. */
  Set<Integer> owned() {
    return lane.owned();
  }

  /** Whether this process owns a shard here. */
  boolean owns(int shard) {
    return lane.token(shard) != null;
  }

  @Override
  public void close() {
    lane.close();
    connections.close();
  }
}
