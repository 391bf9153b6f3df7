package io.holdfast.benchmarks.ribbon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.netflix.loadbalancer.DynamicServerListLoadBalancer;
import com.netflix.loadbalancer.Server;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The page docs/migration/from-ribbon.md: its code is compiled and run, with a real Ribbon. */
class FromRibbonTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path PAGE = Path.of("../docs/migration/from-ribbon.md");
  private static final Path PROGRAM =
      Path.of("src/test/java/io/holdfast/benchmarks/ribbon/FromRibbon.java");

  @Test
  void page_code_isWhatIsRunHere() throws IOException {
    String page = Files.readString(PAGE);
    String program = Files.readString(PROGRAM);
    for (String part : List.of("servers", "keep", "leave")) {
      int start = program.indexOf("// " + part + "\n") + part.length() + 4;
      String code = program.substring(start, program.indexOf("// end", start));
      assertThat(page).contains("```java\n" + code.stripTrailing().stripIndent() + "\n```");
    }
  }

  @Test
  void ribbon_overTheRegistry_seesChangesAtOnceAndCanBeLeft() throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
        Coordinator coordinator = Coordinator.connect(server.uri("ribbon"));
        Registry registry = new Registry(coordinator);
        ServiceView view = registry.view("orders");
        ServiceView another = registry.view("orders")) {
      Registration first = registry.register(instance("o-1", 8081));
      registry.register(instance("o-2", 8082));
      assertThat(view.awaitInstances(2, PATIENCE)).isPresent();
      DynamicServerListLoadBalancer<Server> ribbon = FromRibbon.keepRibbon(view);

      assertThat(chosen(ribbon)).containsExactly("10.0.0.1:8081", "10.0.0.1:8082");
      assertThat(FromRibbon.leaveRibbon(another)).containsExactly("10.0.0.1:8081", "10.0.0.1:8082");

      first.close();

      await().atMost(PATIENCE).until(() -> chosen(ribbon).equals(Set.of("10.0.0.1:8082")));
      ribbon.shutdown();
    }
  }

  private static ServiceInstance instance(String id, int port) {
    return ServiceInstance.http("orders", id, "10.0.0.1", port).withZone("eu-1a");
  }

  private static Set<String> chosen(DynamicServerListLoadBalancer<Server> ribbon) {
    Set<String> chosen = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      Server server = ribbon.chooseServer("default");
      if (server != null) {
        chosen.add(server.getHostPort());
      }
    }
    return chosen;
  }
}
