package io.holdfast.spi;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * For backends: finds out why a client gets no connection, again and again until it has one. Client
 * libraries do not always say why, and the answer to the first question may be late or lost.
 *
 * @param servers as {@code host:port}
 * @param refusal asks why no try can help, for instance by the TLS probe; blocks
 * @param wanted asked in the context; the diagnosis ends when it is false
 * @param obstacle told in the context how each server answers
 * @param refused told in the context of a refusal, which ends the diagnosis
 */
public record ConnectDiagnosis(
    Context context,
    List<String> servers,
    Supplier<Optional<String>> refusal,
    BooleanSupplier wanted,
    Consumer<String> obstacle,
    Consumer<String> refused) {

  private static final Duration LATEST_START = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Begins when a quarter of the connect time-out has passed, or a second. */
  public void start(Duration connectTimeout) {
    Duration soon = connectTimeout.dividedBy(4);
    Duration first = soon.compareTo(LATEST_START) < 0 ? soon : LATEST_START;
    context.schedule(first, () -> ask(first));
  }

  private void ask(Duration pause) {
    if (wanted.getAsBoolean()) {
      DaemonThread.start("holdfast-connect-probe", () -> askServers(pause));
    }
  }

  private void askServers(Duration pause) {
    String reached = ConnectProbe.ask(servers, PATIENCE);
    context.execute(() -> obstacle.accept(reached));
    Optional<String> problem = refusal.get();
    context.execute(() -> problem.ifPresentOrElse(refused, () -> askLater(pause)));
  }

  private void askLater(Duration pause) {
    context.schedule(context.jittered(pause), () -> ask(pause.multipliedBy(2)));
  }
}
