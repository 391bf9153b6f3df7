package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.registry.Registry;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program of a client process: does its {@link Workload}s until told to end. */
public final class ChaosClient {

  private static final Logger LOG = LoggerFactory.getLogger(ChaosClient.class);
  private static final Duration REQUEST = Duration.ofSeconds(2);
  private static final Duration CONNECT = Duration.ofSeconds(60);

  private ChaosClient() {}

  /** Runs until the file that an argument names is there. */
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
        Coordinator coordinator = Coordinator.connect(settings.uri(), options);
        Registry registry = new Registry(coordinator)) {
      WorkloadContext context =
          new WorkloadContext(
              settings.client(),
              settings.process(),
              coordinator,
              registry,
              recorder,
              settings.register(),
              settings.seed(),
              new ClientBehaviour(),
              () -> Files.exists(settings.until()));
      run(settings, context);
    }
  }

  private static void run(ClientSettings settings, WorkloadContext context)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Workload workload : settings.workloads()) {
      for (Workload.Task task : workload.tasks(context)) {
        Thread thread = new Thread(() -> work(task), "workload-" + workload + "-" + threads.size());
        thread.setUncaughtExceptionHandler(ChaosClient::end);
        thread.start();
        threads.add(thread);
      }
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

  private static void work(Workload.Task task) {
    try {
      task.run();
    } catch (IOException e) {
      LOG.warn("the register is gone: {} ends", task, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
