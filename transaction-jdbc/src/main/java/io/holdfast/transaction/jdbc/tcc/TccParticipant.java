package io.holdfast.transaction.jdbc.tcc;

import io.holdfast.transaction.BarringParticipant;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.PhasedParticipant;
import io.holdfast.transaction.internal.BlockingCalls;
import io.holdfast.transaction.jdbc.internal.Dialect;
import io.holdfast.transaction.jdbc.internal.Durability;
import io.holdfast.transaction.jdbc.internal.MissingTables;
import io.holdfast.transaction.tcc.Barrier;
import io.holdfast.transaction.tcc.BarrierState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/**
 * Work in a database that is tried first, and confirmed or cancelled when the transaction is
 * decided: each in a local transaction of its own, so that nothing is locked in between.
 *
 * <pre>
 *   coordinator          database
 *     |-- try ------------>|  barrier row, and what is reserved: committed
 *     |-- (the others)     |
 *     |-- decision (cluster)
 *     |-- confirm -------->|  barrier row, and what is final: committed
 * </pre>
 *
 * <p>For PostgreSQL, MariaDB (MySQL) and H2. A {@link io.holdfast.transaction.tcc.Barrier} keeps
 * the calls in order; its table, made with {@link #ddl}, is in the database that the work changes.
 * Whoever closes the epoch of a dead coordinator finds there what is in doubt, and confirms or
 * cancels it with the {@link TccAction} of that name: so every process knows the same actions.
 *
 * <p><b>A try that refuses</b> leaves the row of a cancelled branch, in the same local transaction,
 * and nothing else: a repeat of it is refused, too. <b>A try without an answer</b> is cancelled
 * until that is done.
 *
 * <p><b>What others see.</b> Nothing isolates a try from other transactions but what the action
 * writes: reserve in columns or rows of their own, not in the balance that others read.
 *
 * <p>Thread-safe.
 */
public final class TccParticipant implements BarringParticipant, PhasedParticipant, AutoCloseable {

  private static final int ENDING_THREADS = 4;
  private static final BarrierTable.Call NONE = BarrierTable.NO_CALL;

  private final String name;
  private final DataSource source;
  private final Map<String, TccAction> actions;
  private final TccOptions options;
  private final Durability durability;
  private final BlockingCalls trying;
  private final BlockingCalls ending;

  private TccParticipant(
      String name,
      DataSource source,
      Map<String, TccAction> actions,
      TccOptions options,
      Durability durability) {
    this.name = name;
    this.source = source;
    this.actions = Map.copyOf(actions);
    this.options = options;
    this.durability = durability;
    this.trying = new BlockingCalls("holdfast-" + name, options.threads(), options.waiting());
    this.ending = new BlockingCalls("holdfast-" + name + "-end", ENDING_THREADS, options.waiting());
  }

  /** With the default options. */
  public static TccParticipant open(String name, DataSource source, Map<String, TccAction> actions)
      throws SQLException {
    return open(name, source, actions, TccOptions.defaults());
  }

  /**
   * Looks whether the database can be used. Blocks for a round trip.
   *
   * @param name the same in every process, and another for every database
   * @param source where connections come from; they should have a socket time-out
   * @param actions by their names of at most 100 characters; the same in every process
   * @throws SQLException if the database cannot be reached, is none of those that are known, or has
   *     no table for the barrier
   */
  public static TccParticipant open(
      String name, DataSource source, Map<String, TccAction> actions, TccOptions options)
      throws SQLException {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(actions, "actions");
    Objects.requireNonNull(options, "options");
    try (Connection connection = source.getConnection()) {
      new BarrierTable(connection, options.statementTimeout(), NONE).inDoubt("");
      return new TccParticipant(
          name, source, actions, options, Durability.of(connection, "TCC at " + name));
    } catch (SQLException e) {
      throw MissingTables.explained(e, "TccParticipant.createTables(connection)");
    }
  }

  /** What makes the table of the barrier in the connection's database, if it is not there. */
  public static List<String> ddl(Connection connection) throws SQLException {
    return BarrierTable.ddl(Dialect.of(connection));
  }

  /** Makes the table of the barrier in the connection's database, if it is not there. */
  public static void createTables(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : ddl(connection)) {
        statement.execute(each);
      }
    }
  }

  /**
   * What has been tried in a database and not ended yet. For operators, who need no actions to
   * look; nothing where there is no barrier. Blocks the thread that asks.
   *
   * @param name that the participant has, for people
   */
  public static BranchList tried(String name, DataSource source, Duration timeout) {
    return new TriedBranches(name, source, timeout);
  }

  /**
   * A branch.
   *
   * @param action the name of what is to be done
   * @param arguments for it, kept until the branch has ended
   * @throws IllegalArgumentException if there is no such action
   */
  public Branch branch(String action, String arguments) {
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(arguments, "arguments");
    return new TccBranch(this, trying, action(action), new BarrierTable.Call(action, arguments));
  }

  private TccAction action(String called) {
    TccAction action = actions.get(called);
    if (action == null) {
      throw new IllegalArgumentException("no action is called '" + called + "' at " + name);
    }
    return action;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return ending.run(() -> endAll(branches, this::confirm));
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return ending.run(() -> endAll(branches, this::cancel));
  }

  /** How a branch ends, in a local transaction that the caller commits. */
  private interface Ending {
    void end(Connection connection, BranchId branch) throws SQLException;
  }

  /** All in one local transaction. If that fails each in one of its own: one may be to blame. */
  private void endAll(List<BranchId> branches, Ending ending) throws SQLException {
    if (branches.size() > 1) {
      try {
        end(branches, ending);
        return;
      } catch (SQLException | RuntimeException oneOfThem) {
        // Which, is seen below.
      }
    }
    SQLException last = null;
    for (BranchId branch : branches) {
      try {
        end(List.of(branch), ending);
      } catch (SQLException e) {
        last = e;
      } catch (RuntimeException e) {
        last = new SQLException(branch + " does not end", e);
      }
    }
    if (last != null) {
      throw last;
    }
  }

  /** In one order everywhere: two who do the same do not wait for each other. */
  private void end(List<BranchId> branches, Ending ending) throws SQLException {
    List<BranchId> sorted =
        branches.stream().sorted(Comparator.comparing(BranchId::toString)).toList();
    inTransaction(
        connection -> {
          for (BranchId branch : sorted) {
            ending.end(connection, branch);
          }
          return true;
        });
  }

  private void confirm(Connection connection, BranchId branch) throws SQLException {
    BarrierTable rows = table(connection, NONE);
    if (Barrier.confirm(rows, branch)) {
      BarrierTable.Call call = rows.call(branch);
      action(call.action()).confirm(connection, call.arguments());
      rows.require(branch, BarrierState.CONFIRMED);
    }
  }

  private void cancel(Connection connection, BranchId branch) throws SQLException {
    BarrierTable rows = table(connection, NONE);
    if (Barrier.cancel(rows, branch)) {
      BarrierTable.Call call = rows.call(branch);
      action(call.action()).cancel(connection, call.arguments());
      rows.require(branch, BarrierState.CANCELLED);
    }
  }

  @Override
  public CompletionStage<Boolean> barUnlessPrepared(BranchId branch) {
    return ending.call(
        () -> inTransaction(each -> Barrier.barUnlessTried(table(each, NONE), branch)));
  }

  @Override
  public CompletionStage<Void> preCommit(List<BranchId> branches) {
    return ending.run(
        () -> endAll(branches, (each, branch) -> Barrier.preCommit(table(each, NONE), branch)));
  }

  @Override
  public CompletionStage<Phase> phase(BranchId branch) {
    return ending.call(() -> inTransaction(each -> Barrier.phase(table(each, NONE), branch)));
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return ending
        .call(() -> inTransaction(each -> table(each, NONE).inDoubt(domain)))
        .thenApply(found -> List.copyOf(found.keySet()));
  }

  @Override
  public CompletionStage<List<String>> remembered(String domain) {
    return ending.call(() -> inTransaction(each -> table(each, NONE).epochs(domain)));
  }

  @Override
  public CompletionStage<Void> forgetEnded(String domain, String epoch, long upTo, Set<Long> but) {
    return ending.run(
        () ->
            inTransaction(
                each -> {
                  table(each, NONE).forget(domain, epoch, upTo, but);
                  return true;
                }));
  }

  /** How one that was alone has ended; if it has not, it never will. */
  CompletionStage<Boolean> committedAlone(String mark) {
    return ending.call(
        () ->
            inTransaction(
                each ->
                    table(each, NONE).alone(mark, BarrierState.CANCELLED)
                        == BarrierState.CONFIRMED));
  }

  BarrierTable table(Connection connection, BarrierTable.Call call) throws SQLException {
    return new BarrierTable(connection, options.statementTimeout(), call);
  }

  Connection connect() throws SQLException {
    return source.getConnection();
  }

  /** Begins a local transaction that is not lost once it is committed. */
  void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    durability.insist(connection);
  }

  /** What is done in a local transaction. */
  private interface Use<T> {
    T with(Connection connection) throws SQLException;
  }

  private <T> T inTransaction(Use<T> use) throws SQLException {
    try (Connection connection = source.getConnection()) {
      boolean good = false;
      try {
        begin(connection);
        T result = use.with(connection);
        connection.commit();
        good = true;
        return result;
      } finally {
        if (!good) {
          connection.rollback();
        }
      }
    }
  }

  /** Ends its threads, not the data source. */
  @Override
  public void close() {
    trying.close();
    ending.close();
  }

  @Override
  public String toString() {
    return "TCC at " + name;
  }
}
