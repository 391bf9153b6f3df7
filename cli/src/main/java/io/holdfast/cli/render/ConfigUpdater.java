package io.holdfast.cli.render;

import io.holdfast.cli.console.Changes;
import io.holdfast.registry.ServiceView;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Keeps a proxy's configuration in step with services. It acknowledges a change to the registry
 * once the file is written and the proxy has reloaded. If a service has no instance left, its last
 * servers stay in the file and the change is not acknowledged: a drain then reports that this
 * client is behind.
 */
final class ConfigUpdater {

  /** The pause before another try, after a failed check, write or look-up of a host. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final Upstreams upstreams;
  private final ProxyKind kind;
  private final ConfigFile file;
  private final Consumer<String> say;
  private final Changes changes;

  /** For each service, what completes when the proxy uses its latest change. */
  private final Map<String, CompletableFuture<Void>> latest = new ConcurrentHashMap<>();

  private List<String> without = List.of();
  private List<String> unresolved = List.of();

  /** Listens to all changes from now on. */
  ConfigUpdater(
      List<ServiceView> views,
      String port,
      ProxyKind kind,
      ConfigFile file,
      Changes changes,
      Consumer<String> say) {
    this.changes = changes;
    this.upstreams = new Upstreams(views, port);
    this.kind = kind;
    this.file = file;
    this.say = say;
    views.forEach(view -> view.onChangeAsync(change -> changed(view.service())));
  }

  private CompletableFuture<Void> changed(String service) {
    CompletableFuture<Void> rendered = new CompletableFuture<>();
    latest.put(service, rendered);
    changes.add();
    return rendered;
  }

  /**
   * Writes the file once if it differs, and makes the proxy reload it.
   *
   * @return false if a service has never had an instance, so that there is nothing to write
   * @throws ProcessFailedException if the check or the reload fails
   */
  boolean once() throws IOException, InterruptedException {
    Map<String, CompletableFuture<Void>> seen = Map.copyOf(latest);
    upstreams.refresh();
    without =
        sayIfNew(without, upstreams.without(), "no instance is up for %s: its last servers stay");
    unresolved =
        sayIfNew(
            unresolved, upstreams.unresolved(), "left out, because the host has no address: %s");
    Optional<List<Upstream>> all = upstreams.all();
    if (all.isEmpty()) {
      return false;
    }
    if (file.replace(kind.render(all.get()))) {
      say.accept("written: " + summary(all.get()));
    }
    seen.forEach(
        (service, rendered) -> {
          if (!without.contains(service)) {
            rendered.complete(null);
          }
        });
    return true;
  }

  private List<String> sayIfNew(List<String> before, List<String> now, String what) {
    if (!now.isEmpty() && !now.equals(before)) {
      say.accept(what.formatted(String.join(", ", now)));
    }
    return now;
  }

  private static String summary(List<Upstream> all) {
    return String.join(
        ", ",
        all.stream()
            .map(upstream -> upstream.service() + " (" + upstream.servers().size() + ")")
            .toList());
  }

  /** Writes the file whenever the services change, until interrupted. */
  void follow() throws InterruptedException {
    boolean inStep = true;
    while (true) {
      if (inStep) {
        changes.await();
      } else {
        changes.await(RETRY);
      }
      try {
        once();
        inStep = unresolved.isEmpty();
      } catch (IOException e) {
        say.accept(e.getMessage());
        inStep = false;
      }
    }
  }
}
