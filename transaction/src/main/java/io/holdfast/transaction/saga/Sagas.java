package io.holdfast.transaction.saga;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Context;
import io.holdfast.transaction.internal.ExclusiveTask;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs sagas: carries each to the end of its steps, or back to its beginning.
 *
 * <pre>
 *   service   | BEGIN; ...; start saga; COMMIT
 *   runner    |   store: "calling step 1"   call   store: "done; calling step 2"   call  ...
 *   step 1    |                              |---------^
 * </pre>
 *
 * <p><b>Who runs what.</b> Every process has a {@code Sagas} with the definitions that it knows.
 * The sagas of one version of a definition are run by the process that holds its lock, {@code
 * saga/LOG/DEFINITION/VERSION}; when that process dies the next one that knows the definition goes
 * on, with what was being called first. Sagas of a definition that no process knows stay as they
 * are, and operators see them.
 *
 * <p><b>Fenced.</b> That a step is called is stored under the lock's token before it is: one who
 * was succeeded cannot store it, and so begins nothing any more. A call of its that was under way
 * may overlap with the next one's, under the same key, with a smaller token.
 *
 * <p><b>Never by guess.</b> A step is done, refused or unknown. Unknown is called again under its
 * key; it is neither passed over nor compensated. After {@link StepRetry#attempts} calls the saga
 * is {@link SagaState#PARKED}: an operator resumes it, or says what became of the step. Nothing is
 * tried for ever.
 *
 * <p>A saga is not isolated: others see what its steps have done before it ends. Thread-safe. No
 * method but {@link #close} blocks.
 */
public final class Sagas implements AutoCloseable {

  private static final long LONGEST_CLOSE_SECONDS = 10;

  private final SagaTerm.Surroundings around;
  private final List<Runner> runners = new ArrayList<>();

  /** With the default options. */
  public Sagas(
      Coordinator coordinator, String log, SagaStore store, List<SagaDefinition> definitions) {
    this(coordinator, log, store, definitions, SagaOptions.defaults());
  }

  /**
   * Begins to wait for the locks of the definitions.
   *
   * @param log what the store is called, the same in every process, and another for every table
   * @param definitions each name and version once
   * @throws IllegalArgumentException otherwise, or if a definition has no steps, or no lock can be
   *     called that
   */
  public Sagas(
      Coordinator coordinator,
      String log,
      SagaStore store,
      List<SagaDefinition> definitions,
      SagaOptions options) {
    this(
        new SagaTerm.Surroundings(
            Objects.requireNonNull(coordinator, "coordinator").context(),
            Objects.requireNonNull(store, "store"),
            Objects.requireNonNull(options, "options"),
            SagaRules.SOUND,
            InstantSource.system()),
        definitions,
        definition ->
            new Locks(coordinator)
                    .lock(lock(log, definition.name(), definition.version()), LockConfig.unshared())
                    .exclusive()
                ::acquireAsync);
  }

  /** How the lock of one version of a definition is called. */
  public static String lock(String log, String definition, int version) {
    return "saga/" + log + "/" + definition + "/" + version;
  }

  /** Where the lock of a definition is waited for. */
  interface Turns {
    Supplier<CompletableFuture<LockGrant>> of(SagaDefinition definition);
  }

  Sagas(SagaTerm.Surroundings around, List<SagaDefinition> definitions, Turns turns) {
    this.around = around;
    Objects.requireNonNull(definitions, "definitions");
    long different =
        definitions.stream().map(each -> each.name() + "/" + each.version()).distinct().count();
    if (different < definitions.size()) {
      throw new IllegalArgumentException("two definitions have one name and version");
    }
    for (SagaDefinition definition : definitions) {
      if (definition.steps().isEmpty()) {
        throw new IllegalArgumentException(definition.name() + " has no steps");
      }
      runners.add(new Runner(definition, turns.of(definition)));
    }
    runners.forEach(runner -> runner.exclusiveTask.start());
  }

  /** What is done for one definition. */
  private final class Runner implements ExclusiveTask.Work {
    private final SagaDefinition definition;
    private final ExclusiveTask exclusiveTask;

    /** Written in the context only. */
    private volatile @Nullable SagaTerm term;

    Runner(SagaDefinition definition, Supplier<CompletableFuture<LockGrant>> lock) {
      this.definition = definition;
      String name = "the runner of saga " + definition.name() + " " + definition.version();
      this.exclusiveTask = new ExclusiveTask(name, around.context(), lock, this);
    }

    @Override
    public CompletionStage<Void> seal(FencingToken token) {
      return around.store().seal(definition.name(), definition.version(), token);
    }

    @Override
    public void begin(LockGrant grant) {
      SagaTerm begun = new SagaTerm(around, definition, grant, exclusiveTask);
      term = begun;
      begun.begin();
    }

    @Override
    public void end() {
      SagaTerm ended = term;
      term = null;
      if (ended != null) {
        ended.end();
      }
    }
  }

  /**
   * Has it look now instead of at the next interval, where this process runs something: for who has
   * just started a saga, and committed.
   */
  public void nudge() {
    Context context = around.context();
    for (Runner runner : runners) {
      context.execute(
          () -> {
            SagaTerm now = runner.term;
            if (now != null) {
              now.look();
            }
          });
    }
  }

  /** The definitions that this process runs the sagas of now. */
  public List<SagaDefinition> running() {
    return runners.stream()
        .filter(runner -> runner.term != null)
        .map(runner -> runner.definition)
        .toList();
  }

  /**
   * Stops, and gives the locks back. What is being called goes on, and is called again by the next.
   * Idempotent. Blocks until the cluster knows, for ten seconds at most.
   */
  @Override
  public void close() {
    CompletableFuture.allOf(
            runners.stream()
                .map(each -> each.exclusiveTask.close())
                .toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS)
        .exceptionally(othersSeeToIt -> null)
        .join();
  }
}
