package io.holdfast.chaos.suite.transfer;

import io.holdfast.coordination.Coordinator;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.Mistake;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Clients that move money between two databases, die at any step and come back, while somebody
 * closes their epochs under them, and a {@link TransferAudit} looks at it all. For one thread.
 */
public final class TransferRun implements AutoCloseable {

  /** Of the servers. */
  public static final Map<String, String> SETTINGS =
      Map.of(
          "max_connections", "300",
          "synchronous_commit", "on",
          "max_prepared_transactions", "200");

  private static final int CLIENTS = 4;
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int MOST_LOOKS = 600;

  private final List<TransferDatabase> sides;
  private final Coordinator operator;
  private final List<TransferClient> clients = new ArrayList<>();
  private final ReportedOutcomes told = new ReportedOutcomes();
  private final TransferAudit judge;
  private final Random random;
  private List<String> wrong = List.of();

  /**
   * Starts all of it.
   *
   * @param connect gives whoever is called so a coordinator of its own
   * @param seed decides what clients do, and when they die
   */
  public TransferRun(
      Function<String, Coordinator> connect,
      PostgresServer first,
      PostgresServer second,
      Mistake mistake,
      long seed)
      throws SQLException {
    this.random = new Random(seed);
    this.sides =
        List.of(TransferDatabase.in("first", first), TransferDatabase.in("second", second));
    this.judge = new TransferAudit(sides.get(0), sides.get(1));
    this.operator = connect.apply("operator");
    for (int i = 0; i < CLIENTS; i++) {
      String name = "c" + i;
      clients.add(
          new TransferClient(
              name,
              life -> connect.apply(name + "-" + life),
              sides,
              mistake,
              this::note,
              random.nextLong()));
    }
  }

  private void note(String transfer, boolean committed) {
    if (committed) {
      told.committed(transfer);
    } else {
      told.aborted(transfer);
    }
  }

  /**
   * Has a client in a process of its own come for a while, and be killed while it moves money.
   *
   * @param uri of the cluster
   */
  public void killProcess(String uri, Duration after) throws InterruptedException {
    try (TransferProcess process =
        new TransferProcess("process", uri, sides, told, random.nextLong())) {
      goOn(after);
      process.killAtWork();
    }
  }

  /** Lets it go on for a while, or until something is wrong. Databases may be away meanwhile. */
  public void goOn(Duration time) throws InterruptedException {
    long start = System.nanoTime();
    while (wrong.isEmpty() && System.nanoTime() - start < time.toNanos()) {
      try {
        wrong = judge.atThisMoment();
        if (random.nextInt(4) == 0) {
          Mistake.closeEpochs(operator);
        }
      } catch (SQLException | RuntimeException | ExecutionException | TimeoutException away) {
        // Of what cannot be looked at nothing is said.
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /** Goes on until so many more transfers were acknowledged, or for too long. */
  public void awaitAcknowledged(int more) throws InterruptedException {
    int before = acknowledged();
    for (int i = 0; i < MOST_LOOKS && wrong.isEmpty() && acknowledged() < before + more; i++) {
      goOn(LOOK);
    }
  }

  /** Begins nothing more, and says what is wrong: nothing, if all is well. */
  public List<String> finish() throws SQLException {
    clients.forEach(TransferClient::calm);
    if (wrong.isEmpty()) {
      clients.forEach(TransferClient::awaitCalm);
      wrong = judge.atRest(told);
    }
    return wrong;
  }

  /** So many transfers were acknowledged. */
  public int acknowledged() {
    return told.committed().size();
  }

  /** So many were told as aborted. */
  public int aborted() {
    return told.aborted().size();
  }

  /** So often clients have died. */
  public int deaths() {
    return clients.stream().mapToInt(TransferClient::deaths).sum();
  }

  @Override
  public void close() {
    clients.forEach(TransferClient::close);
    operator.close();
    sides.forEach(TransferDatabase::close);
  }
}
