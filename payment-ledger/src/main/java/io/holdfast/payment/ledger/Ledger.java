package io.holdfast.payment.ledger;

import io.holdfast.coordination.Coordinator;
import io.holdfast.payment.ledger.internal.Engine;
import io.holdfast.transaction.TransactionOptions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Double entry in one PostgreSQL or several, in shards that one process owns at a time.
 *
 * <p><b>Executing.</b> A request goes to the owner of its shard. There a lane does it together with
 * whatever else is waiting: it locks the shards' rows, whose tokens are the fences; looks whether
 * the key is known; has the operation plan; checks the plan; writes accounts, entries, journal,
 * documents and the answer under the key; and commits all of that. So every request has one effect
 * or none, under one answer, whatever crashes. A refusal is stored as well, or a late twin of a
 * refused request could still take effect.
 *
 * <p><b>Several shards.</b> If a plan's postings go to other shards that this process owns in the
 * same database, all of it is that one commit. Else each shard promises its part in a short commit
 * of its own: what goes out is held, what comes in is expected. The decision is one write in the
 * coordination cluster, see {@link io.holdfast.transaction.Transactions}. Then each shard's owner
 * carries out its part. Nothing waits for locked rows meanwhile, and if a database or an owner is
 * away, the rest decides without it.
 *
 * <p><b>Owning.</b> {@link #seal} first; it shuts out every earlier owner. What one has left under
 * way is found as rows and ends as was decided.
 *
 * <p><b>Databases.</b> Which of them has a shard, they say themselves; where to ask first is in a
 * map in the coordination store, see {@link #placement}. The first node of a new ledger writes it,
 * and spreads the shards evenly. A database that is added later has no shards.
 *
 * <p>Thread-safe.
 */
public final class Ledger implements AutoCloseable {

  private final Engine engine;

  private Ledger(Engine engine) {
    this.engine = engine;
  }

  /**
   * Opens the databases, and makes them parts of one ledger if they are new. Blocks.
   *
   * @throws LedgerUnavailableException if one cannot be reached or refuses
   * @throws IllegalArgumentException if they are not of one ledger, laid out as configured
   */
  public static Ledger open(LedgerConfig config) {
    return open(config, InstantSource.system());
  }

  static Ledger open(LedgerConfig config, InstantSource clock) {
    return new Ledger(Engine.open(config, clock));
  }

  /**
   * Takes part in transactions over several shards; before, requests that need them fail. Once.
   *
   * @param remote how to reach owners of other shards
   */
  public void join(Coordinator coordinator, RemoteShards remote) {
    join(coordinator, TransactionOptions.defaults(), remote);
  }

  /** With options, such as where trace ids come from. */
  public void join(Coordinator coordinator, TransactionOptions options, RemoteShards remote) {
    engine.join(coordinator, options, remote);
  }

  /**
   * Does, from now on, what is due in the shards that this process owns, see {@link DueWork}. Once.
   */
  public void work(Catalogue catalogue) {
    work(catalogue, DueTraces.NONE);
  }

  /** The same, traced. */
  public void work(Catalogue catalogue, DueTraces traces) {
    engine.work(catalogue, traces);
  }

  /** Where accounts live. */
  public ShardMap map() {
    return engine.map();
  }

  /** By what its nodes know each other. */
  public LedgerIdentity identity() {
    return engine.identity();
  }

  /**
   * Begins to own a shard: shuts out every earlier owner, after their transactions in flight.
   * Blocks.
   *
   * @throws StaleOwnerException if somebody with a greater token has sealed it
   * @throws LedgerUnavailableException not sealed; to be tried again. Also if the shard is not
   *     where it should be and a database cannot be asked: it is never begun anew then
   * @throws OutcomeUnknownException perhaps sealed; to be tried again, which is harmless
   */
  public void seal(Fence fence) {
    engine.seal(fence);
  }

  /**
   * Ends to own a shard. What is under way is done, or refused by the next owner's fence. Who gives
   * it up in good order waits for {@link #settled} first.
   */
  public void release(Fence fence) {
    engine.release(fence);
  }

  /**
   * Executes a request, or finds what it was answered before.
   *
   * @return fails with {@link StaleOwnerException}: no effect, the shard is owned elsewhere; {@link
   *     KeyReusedException}: no effect, the key belongs to another request; {@link
   *     InFlightException}: to be asked again in a moment under the same key; {@link
   *     LedgerUnavailableException}: no effect, to be tried again; {@link OutcomeUnknownException}:
   *     to be asked again under the same key; {@link
   *     java.util.concurrent.RejectedExecutionException}: no effect, too much waits; {@link
   *     ExpiredException}: no effect, it was not begun by its deadline
   */
  public <R extends Record> CompletableFuture<Reply> execute(
      Caller caller, Operation<R> operation, R request, IdempotencyKey key) {
    return execute(caller, operation, request, key, Trace.NONE, Deadline.NONE);
  }

  /** The same as a part of a trace, if it can be begun in time. */
  public <R extends Record> CompletableFuture<Reply> execute(
      Caller caller,
      Operation<R> operation,
      R request,
      IdempotencyKey key,
      Trace trace,
      Deadline deadline) {
    return engine.execute(caller, operation, request, key, trace, deadline);
  }

  /**
   * Prepares a branch that another owner asks for, see {@link RemoteShards#prepare}.
   *
   * @return fails like {@link #execute}
   */
  public CompletableFuture<Optional<Refusal>> prepareHere(int shard, String branch, String body) {
    return engine.prepareHere(shard, branch, body);
  }

  /**
   * Waits until a read finds what {@link #execute} has answered by now in a shard that this node
   * owns. A transaction over several shards is answered once it is decided, a moment before it is
   * booked. Requests need not wait: a shard's are done in order. Neither does {@link #reader},
   * which waits for a second at most by itself.
   *
   * @return fails with {@link StaleOwnerException} if this node does not own the shard. Completes
   *     too if it could not be booked: then the shard's owner tries again
   */
  public CompletableFuture<Void> settled(int shard) {
    return engine.settled(shard);
  }

  /** Ends branches as another owner says, see {@link RemoteShards#settle}. */
  public CompletableFuture<Void> settleHere(int shard, List<String> branches, boolean commit) {
    return engine.settleHere(shard, branches, commit);
  }

  /**
   * Which database has which shard, as this node knows it: what the coordination store told last,
   * and what it has found itself since. Asks nobody.
   */
  public ShardPlacement placement() {
    return engine.placement();
  }

  /**
   * Moves a shard that this node owns to another database, while it goes on being used: its rows
   * are copied, and what changes meanwhile is copied again; at the end its requests wait, for a
   * second at most and usually for a few dozen milliseconds. Moves of one node are made one after
   * the other.
   *
   * <p>If the node or a database fails in the middle, the shard is in one database all the same,
   * with all of its rows: {@link #seal} finds it. What is left in the other counts for nothing.
   *
   * @param database the name of one that this node was opened with
   * @return completes when the shard is there, and at once if it is there already. The map in the
   *     coordination store may learn of it a little later. Fails with {@link
   *     LedgerUnavailableException}: the shard is where it was, perhaps since transactions that
   *     concern it did not end in time; to be tried again. With {@link StaleOwnerException}: this
   *     node does not own it, or no longer; then its next owner finds where it is
   * @throws IllegalArgumentException if there is no such database
   */
  public CompletableFuture<MovedShard> move(int shard, String database) {
    return engine.move(shard, database);
  }

  /** How many shards {@link #move} is moving, or will when the moves before have ended. */
  public int moving() {
    return engine.moving();
  }

  /** For tests, see {@link Engine#onMoveStep}. */
  void onMoveStep(Consumer<String> observer) {
    engine.onMoveStep(observer);
  }

  /** The shards of each database, as far as is known here. */
  public SortedMap<String, SortedSet<Integer>> shardsByDatabase() {
    return engine.shardsByDatabase();
  }

  /**
   * Asks a shard's database, on a thread of the ledger's.
   *
   * @return fails with {@link LedgerUnavailableException}
   */
  public <T> CompletableFuture<T> query(int shard, SqlQuery<T> query) {
    return engine.query(shard, query);
  }

  /** What can be read of it. */
  public LedgerReader reader() {
    return engine.reader();
  }

  /** What is still to be told to the owners of accounts. */
  public EventQueue events() {
    return engine.events();
  }

  /** Ends its threads and connections. */
  @Override
  public void close() {
    engine.close();
  }
}
