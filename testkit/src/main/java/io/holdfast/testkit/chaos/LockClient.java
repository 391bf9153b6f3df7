package io.holdfast.testkit.chaos;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.history.Recorder;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program of a client process: a thread for each {@link Workload}, until told to end. */
public final class LockClient {

  private static final Logger LOG = LoggerFactory.getLogger(LockClient.class);
  private static final Duration REQUEST = Duration.ofSeconds(2);
  private static final Duration CONNECT = Duration.ofSeconds(60);

  private final ClientSettings settings;
  private final Coordinator coordinator;
  private final Recorder recorder;

  private LockClient(ClientSettings settings, Coordinator coordinator, Recorder recorder) {
    this.settings = settings;
    this.coordinator = coordinator;
    this.recorder = recorder;
  }

  /** Runs until the file that the last argument names is there. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    ClientSettings settings = ClientSettings.parse(List.of(arguments));
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withOwner(Owner.thisProcess(settings.process()))
            .withSessionTimeout(settings.session())
            .withConnectTimeout(CONNECT)
            .withRequestTimeout(REQUEST);
    try (Writer out = Files.newBufferedWriter(settings.history());
        Recorder recorder = new Recorder(settings.process(), Map.of(), out);
        Coordinator coordinator = Coordinator.connect(settings.uri(), options)) {
      new LockClient(settings, coordinator, recorder).run();
    }
  }

  private void run() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Workload workload : Workload.values()) {
      Thread thread = new Thread(() -> work(workload), "workload-" + workload);
      thread.setUncaughtExceptionHandler(LockClient::end);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** A thread that fails ends the whole client, so that nobody takes its silence for patience. */
  private static void end(Thread thread, Throwable failure) {
    LOG.error("{} failed", thread.getName(), failure);
    Runtime.getRuntime().halt(1);
  }

  private void work(Workload workload) {
    Locks locks = new Locks(coordinator);
    Random random = new Random(settings.seed() + workload.name().hashCode());
    try (RegisterClient register =
        new RegisterClient(settings.register(), settings.client(), recorder)) {
      Turn turn = new Turn(recorder, register, random);
      while (!Files.exists(settings.until())) {
        turn.take(workload.next(locks, random));
      }
    } catch (IOException e) {
      LOG.warn("the register is gone: {} ends", workload, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
