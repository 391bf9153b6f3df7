package io.holdfast.cli.kubernetes;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.election.Election;
import io.holdfast.election.Elections;
import io.holdfast.election.Leadership;
import io.holdfast.registry.Registry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One of the processes that could write the slices: writes them while it is the leader. */
final class Candidate {

  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Election election;
  private final Registry registry;
  private final ApiServer api;
  private final SlicePublisher.Settings settings;
  private final Consumer<String> say;

  Candidate(
      Coordinator coordinator,
      Registry registry,
      ApiServer api,
      SlicePublisher.Settings settings,
      Consumer<String> say) {
    this.election =
        new Elections(coordinator)
            .election("kubernetes/" + api.namespace() + "/" + settings.publisher());
    this.registry = registry;
    this.api = api;
    this.settings = settings;
    this.say = say;
  }

  /** Goes on from term to term until it is interrupted. */
  void run() throws InterruptedException {
    while (true) {
      try (Leadership leadership = election.campaign()) {
        say.accept("this process writes the slices now");
        new SlicePublisher(leadership, api, settings, say).run(registry);
        say.accept("this process no longer writes the slices");
      } catch (UnavailableException e) {
        say.accept(String.valueOf(e.getMessage()));
        TimeUnit.NANOSECONDS.sleep(AGAIN.toNanos());
      }
    }
  }
}
