package io.holdfast.transaction.outbox;

import io.holdfast.lock.FencingToken;
import io.holdfast.spi.Context;
import io.holdfast.testkit.memory.VirtualTime;
import io.holdfast.testkit.memory.VirtualTime.PausableContext;
import io.holdfast.transaction.internal.SimulatedLock;
import io.holdfast.transaction.internal.SimulatedNetwork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One random history of an outbox on virtual time, made from a seed: three processes with the very
 * relay that runs in production, transactions that commit out of order, a receiver that is away or
 * refuses, and every message of theirs lost, late or delivered twice as the seed has it.
 */
final class OutboxHistory {

  private static final long SPREAD = 0x9E3779B97F4A7C15L;
  private static final int CLIENTS = 3;
  private static final int STEPS = 80;
  private static final Duration BOUND = Duration.ofSeconds(30);

  /** What is right or wrong in one history. */
  record Setting(RelayRules rules, boolean fenced, boolean inbox) {
    static final Setting SOUND = new Setting(RelayRules.SOUND, true, true);
  }

  private final Random random;
  private final VirtualTime time;
  private final Setting setting;
  private final SimulatedNetwork network;
  private final SimulatedLock lock;
  private final SimulatedOutbox outbox;
  private final Context receiver;
  private final RelayOptions options;
  private final List<Client> clients = new ArrayList<>();
  private final List<SimulatedOutbox.Open> open = new ArrayList<>();
  private final TreeSet<String> violations = new TreeSet<>();

  private final Set<UUID> seen = new HashSet<>();
  private final Map<String, List<Message>> effects = new HashMap<>();
  private final Set<UUID> poison = new HashSet<>();
  private boolean receiverDown;
  private long deliveries;
  private long parked;
  private int made;

  /** One process. */
  private final class Client implements OutboxStore, Publisher {
    private final PausableContext context = time.newContext();
    private boolean cut;
    private final OutboxRelay relay;

    Client() {
      relay =
          new OutboxRelay(
              "simulated",
              () -> lock.acquire(context),
              new RelayTerm.Surroundings(
                  context,
                  this,
                  this,
                  options,
                  setting.rules(),
                  OutboxHistory.this::now,
                  new RelayCounters()));
    }

    private boolean isCut() {
      return cut;
    }

    private CompletionStage<Void> run(Runnable change) {
      return network.request(
          context,
          this::isCut,
          outbox.context(),
          () -> {
            change.run();
            return Optional.<Void>empty();
          });
    }

    @Override
    public CompletionStage<Void> seal(FencingToken token) {
      return run(() -> outbox.seal(token));
    }

    @Override
    public CompletionStage<List<PendingMessage>> pending(Busy without, int most, Instant now) {
      return network.request(
          context,
          this::isCut,
          outbox.context(),
          () -> Optional.of(outbox.pending(without, most, now)));
    }

    @Override
    public CompletionStage<Void> mark(FencingToken token, List<DeliveryMark> marks) {
      return run(() -> outbox.mark(token, marks));
    }

    @Override
    public CompletionStage<Integer> forget(FencingToken token, Instant before, int most) {
      return CompletableFuture.completedFuture(0);
    }

    @Override
    public CompletionStage<Delivery> publish(Message message) {
      return network.request(context, this::isCut, receiver, () -> Optional.of(receive(message)));
    }
  }

  OutboxHistory(long seed, Setting setting) {
    this.setting = setting;
    random = new Random(seed * SPREAD);
    time = new VirtualTime(seed);
    network = new SimulatedNetwork(random);
    lock = new SimulatedLock(random);
    outbox = new SimulatedOutbox(time.newContext(), setting.fenced(), violations::add);
    receiver = time.newContext();
    options =
        RelayOptions.defaults()
            .withInterval(Duration.ofMillis(200))
            .withConcurrency(1 + random.nextInt(4), 1 + random.nextInt(6))
            .withAttempts(
                3 + random.nextInt(4),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client());
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(time.nanoTime() / 1_000_000);
  }

  private Delivery receive(Message message) {
    if (receiverDown) {
      return new Delivery.Unknown("away");
    }
    if (poison.contains(message.id())) {
      return new Delivery.Refused("poison");
    }
    deliveries++;
    if (seen.add(message.id()) || !setting.inbox()) {
      effects.computeIfAbsent(message.key().orElse(""), none -> new ArrayList<>()).add(message);
    }
    return new Delivery.Delivered();
  }

  void run() {
    for (int step = 0; step < STEPS; step++) {
      act(clients.get(random.nextInt(CLIENTS)));
      time.advance(Duration.ofMillis(random.nextInt(160)));
    }
    heal();
    boolean settled = time.runUntil(outbox::allDelivered, BOUND);
    if (!settled) {
      violations.add("not delivered: " + outbox.states());
    }
    check();
  }

  private void act(Client client) {
    switch (random.nextInt(24)) {
      case 0 -> client.context.pause();
      case 1, 2 -> clients.forEach(each -> each.context.resume());
      case 3 -> client.cut = !client.cut;
      case 4 -> crash(client);
      case 5, 6 -> lock.depose();
      case 7 -> receiverDown = !receiverDown;
      case 8 -> resume();
      case 9, 10, 11, 12, 13 -> end(random.nextInt(6) > 0);
      default -> append();
    }
  }

  private void append() {
    int each = made++;
    UUID id = new UUID(0, each);
    int kind = random.nextInt(4);
    Message message =
        new Message(
            id,
            "simulated",
            kind == 3 ? Optional.empty() : Optional.of("key-" + kind),
            Integer.toString(each),
            now());
    Optional<SimulatedOutbox.Open> begun = outbox.append(message);
    begun.ifPresent(open::add);
    if (begun.isPresent() && random.nextInt(20) == 0) {
      poison.add(id);
    }
    if (random.nextBoolean()) {
      end(true);
    }
  }

  /** Of any transaction: they do not commit in the order in which they appended. */
  private void end(boolean commit) {
    if (!open.isEmpty()) {
      outbox.end(open.remove(random.nextInt(open.size())), commit);
      clients.get(random.nextInt(CLIENTS)).relay.nudge();
    }
  }

  private void crash(Client client) {
    client.cut = true;
    client.context.pause();
    lock.leave(client.context);
    clients.remove(client);
    clients.add(new Client());
  }

  private void resume() {
    parked += outbox.states().getOrDefault(SimulatedOutbox.State.PARKED, 0L);
    outbox.resumeParked();
  }

  private void heal() {
    while (!open.isEmpty()) {
      end(true);
    }
    network.heal();
    receiverDown = false;
    poison.clear();
    clients.forEach(
        each -> {
          each.cut = false;
          each.context.resume();
        });
    // What was sent before may still be under way, and park a message.
    time.advance(Duration.ofMillis(SimulatedNetwork.LATEST_MILLIS + 1_000));
    resume();
  }

  private void check() {
    outbox
        .committed()
        .forEach(
            (key, messages) -> {
              List<Message> done = effects.getOrDefault(key, List.of());
              if (key.isEmpty()) {
                if (done.size() != messages.size()
                    || !Set.copyOf(done).equals(Set.copyOf(messages))) {
                  violations.add("without a key: not one effect for each message");
                }
              } else if (!done.equals(messages)) {
                violations.add(
                    key
                        + ": the effects are not the messages in their order: "
                        + bodies(done)
                        + " instead of "
                        + bodies(messages));
              }
            });
  }

  private static List<String> bodies(List<Message> messages) {
    return messages.stream().map(Message::body).toList();
  }

  List<String> violations() {
    return List.copyOf(violations);
  }

  long messages() {
    return outbox.committed().values().stream().mapToLong(List::size).sum();
  }

  /** Deliveries of what had been delivered before. */
  long repeated() {
    return deliveries - seen.size();
  }

  long parked() {
    return parked;
  }
}
