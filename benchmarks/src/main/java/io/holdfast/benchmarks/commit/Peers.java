package io.holdfast.benchmarks.commit;

import io.holdfast.testkit.process.TemporaryFolder;
import java.util.List;
import java.util.Map;

/** The transaction managers of others, with their logs on this machine's disk. */
final class Peers implements AutoCloseable {

  private final TemporaryFolder folder = TemporaryFolder.create("holdfast-peers");

  Mover narayana(List<String> urls, int clients) throws Exception {
    return new NarayanaMover(folder.path().resolve("narayana"), urls, clients);
  }

  /** Beside {@link #narayana}, whose log it shares. */
  Mover markable(List<String> urls, int clients) throws Exception {
    return new MarkableMover(folder.path().resolve("narayana"), urls, clients);
  }

  Mover atomikos(List<String> urls, int clients) throws Exception {
    return new AtomikosMover(folder.path().resolve("atomikos"), urls, clients, Map.of());
  }

  @Override
  public void close() {
    folder.close();
  }
}
