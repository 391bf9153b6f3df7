package io.holdfast.cli.namespace;

import io.holdfast.admin.Generations;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast generation show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {"Shows the generation in force.", "JSON: generation."})
final class ShowGeneration implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Override
  public void run() {
    Generation current;
    try (Coordinator coordinator = connection.openToRead()) {
      current = connection.await(new Generations(coordinator).current());
    }
    listing.print(List.of(new Row().with("generation", current.number())), "");
  }
}
