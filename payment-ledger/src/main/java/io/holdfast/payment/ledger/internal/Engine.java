package io.holdfast.payment.ledger.internal;

import io.holdfast.coordination.Coordinator;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.Deadline;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DueTraces;
import io.holdfast.payment.ledger.EventQueue;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.InFlightException;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.LedgerConfig;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.LedgerReader;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.MovedShard;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RemoteShards;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.ShardPlacement;
import io.holdfast.payment.ledger.SqlQuery;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.ledger.Trace;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@link io.holdfast.payment.ledger.Ledger} promises. */
public final class Engine implements AutoCloseable {

  private static final int READERS = 2;

  /** How often, and how long, a request waits for a transaction that concerns the same document. */
  private static final Duration PAUSE = Duration.ofMillis(10);

  private static final int TRIES = 100;

  private final LedgerConfig config;
  private final Map<String, LedgerDatabase> databases = new HashMap<>();
  private final LedgerIdentity identity;
  private final Placement placement;
  private final ShardLocator locator;
  private final ShardMoves moves;
  private final BooksReader reader;
  private final EventTable events;
  private final AnsweredBranches answered = new AnsweredBranches();
  private final ExecutorService readers;

  /** Held while lanes are told which tokens to go by. */
  private final Object ownership = new Object();

  private final Map<String, LedgerParticipant> participants = new HashMap<>();
  private final InstantSource clock;
  private volatile @Nullable Joined joined;
  private volatile @Nullable DueRunner due;
  private volatile @Nullable AnswerPruner pruner;

  private record Joined(Transactions transactions, RemoteShards remote) {}

  private Engine(LedgerConfig config, List<LedgerDatabase> opened, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    opened.forEach(each -> databases.put(each.name(), each));
    this.identity = new LedgerIdentity(LedgerDatabase.join(opened, config.map()));
    this.placement = new Placement(config.databases().keySet(), config.map().shards());
    this.locator = new ShardLocator(databases, placement);
    this.moves = new ShardMoves(databases, placement, this::resume);
    this.reader =
        new BooksReader(
            this::databaseOf, locator, this::settledAnywhere, List.copyOf(opened), config.map());
    this.events = new EventTable(this::databaseOf, List.copyOf(opened), this::owned, config.map());
    AtomicInteger numbers = new AtomicInteger();
    this.readers =
        Executors.newFixedThreadPool(
            READERS,
            task -> {
              Thread thread = new Thread(task, "ledger-look-" + numbers.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Opens the databases. */
  public static Engine open(LedgerConfig config, InstantSource clock) {
    List<LedgerDatabase> opened = new ArrayList<>();
    try {
      config
          .databases()
          .forEach(
              (name, database) ->
                  opened.add(
                      LedgerDatabase.open(
                          name, database, config.node(), config.deadline(), clock)));
      return new Engine(config, opened, clock);
    } catch (RuntimeException e) {
      opened.forEach(LedgerDatabase::close);
      throw e;
    }
  }

  /** Takes part in transactions. */
  public synchronized void join(
      Coordinator coordinator, TransactionOptions options, RemoteShards remote) {
    if (joined != null) {
      throw new IllegalStateException("it has joined already");
    }
    databases.forEach(
        (name, database) ->
            participants.put(
                name, new LedgerParticipant(database, this::owned, this::lane, remote, readers)));
    placement.join(coordinator);
    joined =
        new Joined(
            new Transactions(coordinator, options, List.copyOf(participants.values())), remote);
  }

  /** Has done what is due in the shards that are owned here. */
  public synchronized void work(Catalogue catalogue, DueTraces traces) {
    if (due != null) {
      throw new IllegalStateException("it works already");
    }
    due =
        new DueRunner(
            catalogue,
            databases.values(),
            this::owned,
            new DueRunner.Executor() {
              @Override
              public <R extends Record> CompletableFuture<Reply> execute(
                  Submission<R> asked, Trace trace) {
                return Engine.this.execute(
                    Caller.SYSTEM,
                    asked.operation(),
                    asked.request(),
                    asked.key(),
                    trace,
                    Deadline.NONE);
              }

              @Override
              public Trace trace(DocumentRow about) {
                return traces.begin(new DocumentId(about.id()), about.trace());
              }
            },
            clock);
    config
        .answersKept()
        .ifPresent(kept -> pruner = new AnswerPruner(kept, this::owned, this::databaseOf, clock));
  }

  /** Where accounts live. */
  public ShardMap map() {
    return config.map();
  }

  /** By what nodes know each other. */
  public LedgerIdentity identity() {
    return identity;
  }

  /** What can be read. */
  public LedgerReader reader() {
    return reader;
  }

  /** What is still to be told. */
  public EventQueue events() {
    return events;
  }

  /** The shards of each database. */
  public SortedMap<String, SortedSet<Integer>> shardsByDatabase() {
    return placement.shardsByDatabase();
  }

  /** Asks a shard's database. */
  public <T> CompletableFuture<T> query(int shard, SqlQuery<T> query) {
    return answered
        .ended(shard)
        .completeOnTimeout(null, BooksReader.BOUND.toMillis(), TimeUnit.MILLISECONDS)
        .thenApplyAsync(now -> databaseOf(shard).read(query::ask), readers);
  }

  /**
   * Completes when what was answered so far in a shard of its own is there, or has failed to be.
   * Fails if the shard is not its own.
   */
  public CompletableFuture<Void> settled(int shard) {
    return owned().contains(shard)
        ? answered.ended(shard)
        : CompletableFuture.failedFuture(new StaleOwnerException(shard, null));
  }

  /** The same of any shard; empty if nobody can say. */
  private Optional<CompletableFuture<Void>> settledAnywhere(int shard) {
    if (owned().contains(shard)) {
      return Optional.of(answered.ended(shard));
    }
    return Optional.ofNullable(joined)
        .map(with -> with.remote().settled(shard).toCompletableFuture());
  }

  private LedgerDatabase databaseOf(int shard) {
    LedgerDatabase database = databases.get(placement.databaseOf(shard));
    if (database == null) {
      throw new LedgerUnavailableException(
          "shard " + shard + " is in a database that this node does not know", null);
    }
    return database;
  }

  /** Begins to own a shard. */
  public void seal(Fence fence) {
    ShardLocator.Seen here = locator.seal(fence);
    synchronized (ownership) {
      own(fence, here);
    }
    moves.tidy(owned());
  }

  /** As {@link ShardMove.Owner} says. */
  private LedgerDatabase resume(Fence fence) {
    ShardLocator.Seen here = locator.seal(fence);
    synchronized (ownership) {
      int shard = fence.shard();
      if (databases.values().stream()
          .noneMatch(each -> fence.token().equals(each.lane().token(shard)))) {
        throw new StaleOwnerException(shard, null);
      }
      own(fence, here);
    }
    return here.database();
  }

  private void own(Fence fence, ShardLocator.Seen here) {
    int shard = fence.shard();
    here.database().lane().own(shard, fence.token());
    placement.found(shard, here.home());
    for (LedgerDatabase each : databases.values()) {
      if (each != here.database()) {
        each.lane().disown(shard);
      }
    }
  }

  /** Moves a shard of its own. */
  public CompletableFuture<MovedShard> move(int shard, String database) {
    return moves.move(shard, database);
  }

  /** How many shards are being moved, or wait for that. */
  public int moving() {
    return moves.underWay();
  }

  /** For tests: told of each step of a move when it is done; what it throws ends the move. */
  public void onMoveStep(Consumer<String> observer) {
    moves.onStep(observer);
  }

  /** Which database has which shard. */
  public ShardPlacement placement() {
    return placement.view(owned());
  }

  /** Ends to own a shard. */
  public void release(Fence fence) {
    int shard = fence.shard();
    synchronized (ownership) {
      databases.values().forEach(each -> each.lane().disown(shard, fence.token()));
    }
  }

  private Set<Integer> owned() {
    Set<Integer> owned = new TreeSet<>();
    databases.values().forEach(each -> owned.addAll(each.owned()));
    return owned;
  }

  /** Executes. */
  public <R extends Record> CompletableFuture<Reply> execute(
      Caller caller,
      Operation<R> operation,
      R body,
      IdempotencyKey key,
      Trace trace,
      Deadline deadline) {
    try {
      Request<R> request =
          new Request<>(caller, operation, body, key, config.map(), trace, deadline);
      return attempt(request, request.elsewhere(), TRIES);
    } catch (RuntimeException e) {
      // Of an operation that cannot say what it is about. Whoever waits must be told all the same.
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Reply> attempt(
      Request<?> request, Map<Integer, Set<String>> elsewhere, int tries) {
    CompletableFuture<Optional<Reply>> tried =
        isOneLane(request, elsewhere.keySet()) || joined == null
            ? execute(request, elsewhere)
            : span(request, elsewhere.keySet());
    return tried
        .handle(
            (reply, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              if (cause instanceof BusyException || (cause == null && reply.isEmpty())) {
                return tries > 1
                    ? again(request, tries - 1)
                    : CompletableFuture.<Reply>failedFuture(
                        new InFlightException(
                            "a transaction under way concerns the same: ask again"));
              }
              return cause != null
                  ? CompletableFuture.<Reply>failedFuture(cause)
                  : CompletableFuture.completedFuture(reply.orElseThrow());
            })
        .thenCompose(reply -> reply);
  }

  /** Without what was expected, which may have been wrong. */
  private CompletableFuture<Reply> again(Request<?> request, int tries) {
    return CompletableFuture.supplyAsync(
            () -> true, CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS))
        .thenCompose(now -> attempt(request, Map.of(), tries));
  }

  private CompletableFuture<Optional<Reply>> execute(
      Request<?> request, Map<Integer, Set<String>> elsewhere) {
    Execution execution = new Execution(request, elsewhere);
    return lane(request.key().shard())
        .add(execution)
        .whenComplete((answer, failure) -> execution.tell(request.trace()))
        .thenCompose(answer -> finish(request, elsewhere, answer));
  }

  private CompletableFuture<Optional<Reply>> span(Request<?> request, Set<Integer> others) {
    Joined with = joined;
    if (with == null) {
      return CompletableFuture.failedFuture(
          new LedgerUnavailableException(
              "this node takes part in no transactions over several shards yet", null));
    }
    return new Spanning(request, others, new Here(), with.remote())
        .commit(with.transactions().begin(), config.node());
  }

  private CompletableFuture<Optional<Reply>> finish(
      Request<?> request, Map<Integer, Set<String>> elsewhere, Execution.Answer answer) {
    if (answer instanceof Execution.Answer.Replied replied) {
      return CompletableFuture.completedFuture(Optional.of(replied.reply()));
    }
    if (answer instanceof Execution.Answer.NeedsOthers others) {
      Map<Integer, Set<String>> needed = others.effects().accountsElsewhere(request.key().shard());
      return !elsewhere.keySet().containsAll(needed.keySet()) && isOneLane(request, needed.keySet())
          ? execute(request, needed)
          : span(request, needed.keySet());
    }
    return CompletableFuture.failedFuture(
        new InFlightException("the same request is under way: ask again"));
  }

  /** Whether this process owns all of these shards in the database that executes the request. */
  private boolean isOneLane(Request<?> request, Set<Integer> shards) {
    Lane lane = lane(request.key().shard());
    return shards.stream().allMatch(each -> lane.token(each) != null);
  }

  private Lane lane(int shard) {
    return databaseOf(shard).lane();
  }

  private final class Here implements Spanning.Shards {
    @Override
    public Lane lane(int shard) {
      return Engine.this.lane(shard);
    }

    @Override
    public LedgerParticipant participant(int shard) {
      LedgerParticipant participant = participants.get(placement.databaseOf(shard));
      if (participant == null) {
        throw new LedgerUnavailableException("no database has shard " + shard, null);
      }
      return participant;
    }

    @Override
    public boolean owns(int shard) {
      return databaseOf(shard).owns(shard);
    }

    @Override
    public void answered(int shard, CompletableFuture<?> settled) {
      answered.add(shard, settled);
    }

    @Override
    public CompletableFuture<Optional<Refusal>> prepare(RemotePreparation task) {
      return Engine.this.prepare(task);
    }
  }

  /** Prepares for another owner. */
  public CompletableFuture<Optional<Refusal>> prepareHere(int shard, String branch, String body) {
    Spanning.RemoteBody read = Json.read(body, Spanning.RemoteBody.class);
    return prepare(
        new RemotePreparation(shard, branch, read.database(), read.head(), read.share()));
  }

  private CompletableFuture<Optional<Refusal>> prepare(RemotePreparation task) {
    return lane(task.shard())
        .add(task)
        .exceptionally(
            failure -> {
              if (failure instanceof ShardMovedException) {
                return Optional.of(Spanning.MOVED);
              }
              if (failure instanceof BusyException) {
                return Optional.of(Spanning.BUSY);
              }
              throw new CompletionException(failure);
            });
  }

  /** Settles for another owner. */
  public CompletableFuture<Void> settleHere(int shard, List<String> branches, boolean commit) {
    return CompletableFuture.allOf(
        branches.stream()
            .map(each -> lane(shard).add(new Settlement(shard, each, commit)))
            .toArray(CompletableFuture[]::new));
  }

  @Override
  public void close() {
    DueRunner working = due;
    if (working != null) {
      working.close();
    }
    AnswerPruner pruning = pruner;
    if (pruning != null) {
      pruning.close();
    }
    Joined with = joined;
    if (with != null) {
      with.transactions().close();
    }
    moves.close();
    placement.close();
    readers.shutdown();
    databases.values().forEach(LedgerDatabase::close);
  }
}
