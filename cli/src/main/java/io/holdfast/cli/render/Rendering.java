package io.holdfast.cli.render;

import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.process.CommandFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Keeps a file in step with services. */
final class Rendering {

  /** How often a file is tried again that the proxy did not take, or a disk. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  private static final int LATEST = 10;

  private final Upstreams upstreams;
  private final ProxyKind kind;
  private final ConfigFile file;
  private final Consumer<String> say;
  private List<String> without = List.of();

  Rendering(Upstreams upstreams, ProxyKind kind, ConfigFile file, Consumer<String> say) {
    this.upstreams = upstreams;
    this.kind = kind;
    this.file = file;
    this.say = say;
  }

  /**
   * Writes the file once, if it is to change.
   *
   * @return false if that cannot be, because a service has never had an instance to send to
   * @throws CommandFailedException if the proxy does not take it
   */
  boolean once() throws IOException, InterruptedException {
    List<String> now = upstreams.refresh();
    if (!now.isEmpty() && !now.equals(without)) {
      say.accept("nobody is up for " + String.join(", ", now) + ": what was there before stays");
    }
    without = now;
    Optional<List<Upstream>> all = upstreams.all();
    if (all.isPresent() && file.replace(kind.render(all.get()))) {
      say.accept("written: " + summary(all.get()));
    }
    return all.isPresent();
  }

  private static String summary(List<Upstream> all) {
    return String.join(
        ", ",
        all.stream()
            .map(upstream -> upstream.service() + " (" + upstream.servers().size() + ")")
            .toList());
  }

  /** Writes the file whenever the services change, until interrupted. */
  void follow(List<ServiceView> views, Duration debounce) throws InterruptedException {
    Semaphore changes = new Semaphore(1);
    views.forEach(view -> view.onChange(change -> changes.release()));
    boolean inStep = true;
    while (true) {
      if (inStep) {
        changes.acquire();
        settle(changes, debounce);
      } else if (changes.tryAcquire(RETRY.toNanos(), TimeUnit.NANOSECONDS)) {
        settle(changes, debounce);
      }
      try {
        once();
        inStep = true;
      } catch (IOException e) {
        say.accept(e.getMessage());
        inStep = false;
      }
    }
  }

  /** Waits until the changes pause, but not for ever. */
  private static void settle(Semaphore changes, Duration debounce) throws InterruptedException {
    long end = System.nanoTime() + debounce.multipliedBy(LATEST).toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      if (!changes.tryAcquire(Math.min(debounce.toNanos(), left), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
    changes.drainPermits();
  }
}
