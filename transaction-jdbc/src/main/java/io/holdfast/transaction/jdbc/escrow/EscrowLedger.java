package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.OwnedParticipant;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.jdbc.internal.LocalTransactions;
import io.holdfast.transaction.jdbc.internal.MissingTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Accounts in PostgreSQL, moved by escrow: a shard of a ledger.
 *
 * <pre>
 *   coordinator            ledger of A                    ledger of B
 *     |-- hold ------------->|  30 of A's money are held     |
 *     |-- hold --------------|------------------------------>|  30 are to come to B
 *     |-- decision (cluster) |                               |
 *     |-- settle ----------->|  A: -30                       |
 *     |-- settle ------------|------------------------------>|  B: +30
 * </pre>
 *
 * <p>Each of the holds and settlements is a short local commit under the shard's fence, so no row
 * is locked while the transaction is decided, nothing in the database holds up the next owner's
 * seal, and an account that everybody uses is as fast as any: all that comes while a commit is
 * under way shares the next, and changes an account once for all of it.
 *
 * <p><b>What can be relied on.</b> An account is never overdrawn, what is held of it included. What
 * is to come to it is not there before the decision. Money is neither made nor lost: an entry is
 * put for every amount that is posted, and none is changed ever.
 *
 * <p><b>Owner.</b> The process that holds the shard's lock {@link #own owns} it: only it holds and
 * settles there; whoever has been succeeded is refused by the fence. The next owner finds what the
 * last has left as rows, and settles it as was decided. A hold that waits past its deadline is
 * decided to abort, unless it was decided already, so none stays for ever.
 *
 * <p>Connections may come through a pooler in transaction mode, if the driver prepares no
 * statements at the server there ({@code prepareThreshold=0} for pgjdbc).
 *
 * <p>Thread-safe.
 */
public final class EscrowLedger implements OwnedParticipant, AutoCloseable {

  private static final int LOOKING_THREADS = 2;
  private static final String MAKING = "the statements of EscrowLedger.ddl()";

  private final String name;
  private final DataSource source;
  private final JdbcFence<String> fence;
  private final EscrowOptions options;
  private final EscrowLane lane;
  private final LocalTransactions looking;

  /** Null if another process owns the shard, or none. */
  private final AtomicReference<@Nullable FencingToken> token = new AtomicReference<>();

  private EscrowLedger(
      String name, DataSource source, JdbcFence<String> fence, EscrowOptions options) {
    this.name = name;
    this.source = source;
    this.fence = fence;
    this.options = options;
    this.lane = new EscrowLane("holdfast-" + name, new Writing(), options);
    this.looking =
        new LocalTransactions("holdfast-" + name + "-look", source, LOOKING_THREADS, MAKING);
  }

  /** With the default options. */
  public static EscrowLedger open(String name, DataSource source, JdbcFence<String> fence)
      throws SQLException {
    return open(name, source, fence, EscrowOptions.defaults());
  }

  /**
   * Looks whether the database has the tables. Blocks for a round trip.
   *
   * @param name of the shard: the same in every process, and another for every shard
   * @param source where connections come from; they should have a socket time-out
   * @param fence in the same database, with a row called {@code name}
   * @throws SQLException if the database cannot be reached, or has no tables
   */
  public static EscrowLedger open(
      String name, DataSource source, JdbcFence<String> fence, EscrowOptions options)
      throws SQLException {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(fence, "fence");
    Objects.requireNonNull(options, "options");
    try (Connection connection = source.getConnection();
        PreparedStatement look = connection.prepareStatement(EscrowTables.OPEN_HOLDS)) {
      look.setString(1, "");
      look.executeQuery().close();
    } catch (SQLException e) {
      throw MissingTables.explained(e, MAKING);
    }
    return new EscrowLedger(name, source, fence, options);
  }

  /**
   * What is held in all shards of a database. For operators, who own none; nothing where there are
   * no tables.
   *
   * @param database what it is called, for people
   */
  public static BranchList held(String database, DataSource source) {
    return new EscrowHolds(database, source);
  }

  /** What makes the tables, if they are not there. */
  public static String ddl() {
    return EscrowTables.DDL;
  }

  /**
   * Makes an account, in the caller's transaction.
   *
   * @param balance to begin with
   * @param least what must be left in it; less than zero for a line of credit
   */
  public void openAccount(Connection connection, String account, long balance, long least)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(EscrowTables.OPEN_ACCOUNT)) {
      insert.setString(1, name);
      insert.setString(2, account);
      insert.setLong(3, balance);
      insert.setLong(4, least);
      insert.executeUpdate();
    } catch (SQLException e) {
      throw MissingTables.explained(e, MAKING);
    }
  }

  /**
   * Begins to hold and settle, as who holds the shard's lock. Seals the fence first, which waits
   * for what the last owner has under way. Blocks.
   *
   * @throws StaleTokenException if a later one has sealed it
   */
  public void own(FencingToken now) throws SQLException {
    Objects.requireNonNull(now, "now");
    looking.runNow(
        connection -> {
          fence.seal(connection, name, now);
          return true;
        });
    token.set(now);
  }

  /** Holds and settles no more. What is under way is refused or was in time. */
  public void disown() {
    token.set(null);
  }

  /**
   * A branch that moves money at this ledger, to or from other accounts of it, or of other ledgers
   * in the same transaction: in each currency all postings of a transaction sum to zero, or it is
   * not committed.
   *
   * @param postings all of them or none
   * @throws IllegalArgumentException if there are none, or one moves nothing
   */
  public Branch branch(Posting... postings) {
    return new BalancedPostings(this, checked(postings));
  }

  /**
   * A branch that moves money to or from somewhere else: at a bank, or in a branch that is not a
   * ledger's. Nobody checks that the other side is right.
   *
   * @param postings all of them or none
   * @throws IllegalArgumentException if there are none, or one moves nothing
   */
  public Branch oneSidedBranch(Posting... postings) {
    return new EscrowBranch(this, checked(postings));
  }

  private static List<Posting> checked(Posting... postings) {
    Objects.requireNonNull(postings, "postings");
    if (postings.length == 0) {
      throw new IllegalArgumentException("a branch without postings");
    }
    for (Posting each : postings) {
      Objects.requireNonNull(each, "a posting");
      if (each.amount() == 0) {
        throw new IllegalArgumentException(
            "a posting of 0 at " + each.account() + " moves nothing");
      }
    }
    return List.of(postings);
  }

  CompletionStage<Vote> hold(BranchId id, List<Posting> postings) {
    return lane.add(
        new EscrowRequest.Postings(id.toString(), postings, false, new CompletableFuture<>()));
  }

  CompletionStage<Vote> post(String id, List<Posting> postings) {
    return lane.add(new EscrowRequest.Postings(id, postings, true, new CompletableFuture<>()));
  }

  /** If it was posted. If not, it never will be. */
  CompletionStage<Boolean> isPosted(String id) {
    return looking.run(
        connection -> {
          try (PreparedStatement bar = connection.prepareStatement(EscrowTables.BAR);
              PreparedStatement look = connection.prepareStatement(EscrowTables.POSTED)) {
            bar.setString(1, id);
            bar.setString(2, name);
            bar.executeUpdate();
            look.setString(1, id);
            try (ResultSet row = look.executeQuery()) {
              return row.next();
            }
          }
        });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return settle(branches, true);
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return settle(branches, false);
  }

  /** Who is not the owner can only see whether the owner has done it. */
  private CompletionStage<Void> settle(List<BranchId> branches, boolean post) {
    List<String> ids = branches.stream().map(BranchId::toString).toList();
    return token.get() == null
        ? looking.run(connection -> expectEnded(connection, ids)).thenAccept(ended -> {})
        : lane.add(new EscrowRequest.Settlement(ids, post, new CompletableFuture<>()));
  }

  /** True, or it throws. */
  private boolean expectEnded(Connection connection, List<String> ids) throws SQLException {
    try (PreparedStatement count = connection.prepareStatement(EscrowTables.COUNT_HOLDS)) {
      count.setString(1, name);
      count.setArray(2, connection.createArrayOf("text", ids.toArray()));
      try (ResultSet row = count.executeQuery()) {
        row.next();
        if (row.getLong(1) > 0) {
          throw new SQLException("not settled yet, and only the owner of " + name + " may");
        }
        return true;
      }
    }
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return holds(domain, overdue -> true);
  }

  @Override
  public boolean isOwnedHere() {
    return token.get() != null;
  }

  @Override
  public CompletionStage<List<BranchId>> overdue(String domain) {
    return token.get() == null
        ? CompletableFuture.failedFuture(
            new IllegalStateException("only the owner of " + name + " has holds decided"))
        : holds(domain, overdue -> overdue);
  }

  private CompletionStage<List<BranchId>> holds(String domain, Predicate<Boolean> which) {
    return looking.run(
        connection -> {
          List<BranchId> found = new ArrayList<>();
          try (PreparedStatement list = connection.prepareStatement(EscrowTables.OPEN_HOLDS)) {
            list.setString(1, name);
            try (ResultSet rows = list.executeQuery()) {
              while (rows.next()) {
                if (which.test(rows.getBoolean(2))) {
                  BranchId.parse(rows.getString(1))
                      .filter(branch -> branch.transaction().domain().equals(domain))
                      .ifPresent(found::add);
                }
              }
            }
          }
          return found;
        });
  }

  /** Ends its threads and the connection that it keeps, not the data source. */
  @Override
  public void close() {
    token.set(null);
    lane.close();
    looking.close();
  }

  @Override
  public String toString() {
    return "ledger " + name;
  }

  /** What the lane needs. */
  private final class Writing implements EscrowLane.Ledger {

    @Override
    public Connection connect() throws SQLException {
      Connection connection = source.getConnection();
      connection.setAutoCommit(false);
      return connection;
    }

    @Override
    public void check(Connection connection) throws SQLException {
      FencingToken now = token.get();
      if (now == null) {
        throw new SQLException("this process does not own " + name);
      }
      looking.insistOnDurability(connection);
      try {
        fence.check(connection, name, now);
      } catch (StaleTokenException succeeded) {
        // Not a later one, under which this process has just come to own it again.
        token.compareAndSet(now, null);
        throw succeeded;
      }
    }

    @Override
    public EscrowBatch batch(Connection connection) {
      return new EscrowBatch(connection, name, options.deadline(), options.statementTimeout());
    }
  }
}
