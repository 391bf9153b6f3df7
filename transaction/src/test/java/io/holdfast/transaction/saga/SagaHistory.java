package io.holdfast.transaction.saga;

import io.holdfast.lock.FencingToken;
import io.holdfast.testkit.memory.VirtualTime;
import io.holdfast.testkit.memory.VirtualTime.PausableContext;
import io.holdfast.transaction.internal.SimulatedLock;
import io.holdfast.transaction.internal.SimulatedNetwork;
import io.holdfast.transaction.saga.SimulatedService.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One random history of sagas of four steps on virtual time, made from a seed: three processes with
 * the very code that runs in production, services that are away or refuse, operators who resume,
 * and every message lost, late or delivered twice as the seed has it.
 */
final class SagaHistory {

  private static final long SPREAD = 0x9E3779B97F4A7C15L;
  private static final int CLIENTS = 3;
  private static final int STEPS = 80;
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** What is right or wrong in one history. */
  record Setting(SagaRules rules, boolean fenced) {
    static final Setting SOUND = new Setting(SagaRules.SOUND, true);
  }

  private final Random random;
  private final VirtualTime time;
  private final Setting setting;
  private final SimulatedNetwork network;
  private final SimulatedLock lock;
  private final SimulatedSagas sagas;
  private final PausableContext outside;
  private final List<SimulatedService> services = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();
  private final TreeSet<String> violations = new TreeSet<>();
  private final StepRetry retry;
  private long parked;
  private int started;

  /** One process. */
  private final class Client implements SagaStore {
    private final PausableContext context = time.newContext();
    private boolean cut;

    Client() {
      new Sagas(
          new SagaTerm.Surroundings(
              context,
              this,
              SagaOptions.defaults().withInterval(Duration.ofMillis(200)),
              setting.rules(),
              SagaHistory.this::now),
          List.of(definition()),
          definition -> () -> lock.acquire(context));
    }

    /** The third has nothing to make up for. */
    private SagaDefinition definition() {
      SagaDefinition definition =
          SagaDefinition.named("simulated", 1).within(Duration.ofSeconds(5));
      for (int i = 0; i < services.size(); i++) {
        SagaAction action = action(services.get(i));
        definition =
            definition.step(
                new SagaStep(
                    "step-" + i, action, i == 2 ? Optional.empty() : Optional.of(action), retry));
      }
      return definition;
    }

    private SagaAction action(SimulatedService service) {
      return call ->
          network.request(context, this::isCut, outside, () -> Optional.of(service.answer(call)));
    }

    private boolean isCut() {
      return cut;
    }

    @Override
    public CompletionStage<Void> seal(String definition, int version, FencingToken token) {
      return network.request(
          context,
          this::isCut,
          sagas.context(),
          () -> {
            sagas.seal(token);
            return Optional.<Void>empty();
          });
    }

    @Override
    public CompletionStage<List<Saga>> due(String name, int version, Instant now, int most) {
      return network.request(
          context, this::isCut, sagas.context(), () -> Optional.of(sagas.due(now, most)));
    }

    @Override
    public CompletionStage<Optional<Saga>> find(String id) {
      return network.request(
          context, this::isCut, sagas.context(), () -> Optional.of(sagas.find(id)));
    }

    @Override
    public CompletionStage<Boolean> save(
        FencingToken token, Saga changed, Optional<StepEnd> ended) {
      return network.request(
          context, this::isCut, sagas.context(), () -> Optional.of(sagas.save(token, changed)));
    }

    @Override
    public CompletionStage<Integer> forget(
        String name, int version, FencingToken token, Instant before, int most) {
      return CompletableFuture.completedFuture(0);
    }
  }

  SagaHistory(long seed, Setting setting) {
    this.setting = setting;
    random = new Random(seed * SPREAD);
    time = new VirtualTime(seed);
    network = new SimulatedNetwork(random);
    lock = new SimulatedLock(random);
    sagas = new SimulatedSagas(time.newContext(), setting.fenced(), violations::add);
    outside = time.newContext();
    retry =
        new StepRetry(
            2 + random.nextInt(5),
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(8));
    for (int i = 0; i < 4; i++) {
      services.add(
          new SimulatedService("step-" + i, random, random.nextInt(15), effects, violations::add));
    }
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client());
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(time.nanoTime() / 1_000_000);
  }

  void run() {
    for (int step = 0; step < STEPS; step++) {
      act(clients.get(random.nextInt(CLIENTS)));
      time.advance(Duration.ofMillis(random.nextInt(160)));
      checkBounds();
    }
    heal();
    boolean settled =
        time.runUntil(() -> sagas.all().stream().allMatch(saga -> saga.state().isEnd()), BOUND);
    if (!settled) {
      sagas.all().stream()
          .filter(saga -> !saga.state().isEnd())
          .forEach(saga -> violations.add("has not ended: " + saga));
    }
    checkBounds();
    sagas.all().forEach(this::check);
    checkOrder();
  }

  private void act(Client client) {
    switch (random.nextInt(20)) {
      case 0 -> client.context.pause();
      case 1, 2 -> clients.forEach(each -> each.context.resume());
      case 3 -> client.cut = !client.cut;
      case 4 -> crash(client);
      case 5, 6 -> lock.depose();
      case 7 -> services.get(random.nextInt(services.size())).down(true);
      case 8, 9 -> services.forEach(service -> service.down(false));
      case 10 -> resume();
      default -> start();
    }
  }

  private void start() {
    String id = "saga-%03d".formatted(started++);
    sagas.start(Saga.starting(clients.get(0).definition(), id, "input", now()));
  }

  private void crash(Client client) {
    client.cut = true;
    client.context.pause();
    lock.leave(client.context);
    clients.remove(client);
    clients.add(new Client());
  }

  private void resume() {
    for (Saga saga : List.copyOf(sagas.all())) {
      if (saga.state() == SagaState.PARKED) {
        parked++;
        sagas.replace(saga.resumed(now()));
      }
    }
  }

  private void heal() {
    network.heal();
    services.forEach(service -> service.down(false));
    clients.forEach(
        each -> {
          each.cut = false;
          each.context.resume();
        });
    // What was sent before may still be under way, and park a saga.
    time.advance(Duration.ofMillis(SimulatedNetwork.LATEST_MILLIS + 2_000));
    resume();
  }

  private void checkBounds() {
    for (Saga saga : sagas.all()) {
      if (saga.attempts() > retry.attempts()) {
        violations.add(saga.id() + ": called more often than its bound says");
      }
    }
  }

  private void check(Saga saga) {
    for (int i = 0; i < services.size(); i++) {
      boolean done = services.get(i).isDone(saga.id());
      if (saga.state() == SagaState.COMPLETED && !done) {
        violations.add(saga.id() + " has completed without step " + i);
      }
      if (saga.state() == SagaState.COMPENSATED && done && i != 2) {
        violations.add(saga.id() + " is compensated but for step " + i);
      }
    }
  }

  /** What is undone is what was done last and is not undone. */
  private void checkOrder() {
    for (Saga saga : sagas.all()) {
      Deque<String> done = new ArrayDeque<>();
      for (Effect effect : effects) {
        if (!effect.saga().equals(saga.id())) {
          continue;
        }
        if (effect.direction() == Direction.FORWARD) {
          done.push(effect.step());
        } else {
          if ("step-2".equals(done.peek())) {
            done.pop();
          }
          if (!effect.step().equals(done.poll())) {
            violations.add(saga.id() + " is not compensated in the reverse order");
          }
        }
      }
    }
  }

  List<String> violations() {
    return List.copyOf(violations);
  }

  long count(SagaState state) {
    return sagas.all().stream().filter(saga -> saga.state() == state).count();
  }

  long parked() {
    return parked;
  }
}
