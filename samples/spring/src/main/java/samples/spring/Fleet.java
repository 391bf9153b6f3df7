package samples.spring;

import io.holdfast.testkit.process.FreePorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Applications in this JVM, on loopback. In production each is a process; here they share one, so
 * that one command starts them all in seconds.
 */
public final class Fleet implements AutoCloseable {

  private final Map<String, String> common;
  private final List<ConfigurableApplicationContext> running = new ArrayList<>();

  /** A fleet of which every application has these properties. */
  public Fleet(Map<String, String> common) {
    this.common = new TreeMap<>(common);
  }

  /** Starts an application on a free port. */
  public ConfigurableApplicationContext start(Class<?> application, String name) {
    return startAt(FreePorts.find(1).get(0), application, name);
  }

  /**
   * Starts an application.
   *
   * @param name of its properties' file
   */
  public ConfigurableApplicationContext startAt(int port, Class<?> application, String name) {
    Map<String, Object> properties = new TreeMap<>(common);
    properties.put("server.port", port);
    properties.put("server.address", "127.0.0.1");
    properties.put("spring.config.name", name);
    properties.put("spring.main.banner-mode", "off");
    properties.put("spring.main.register-shutdown-hook", "false");
    properties.putIfAbsent("spring.cloud.zookeeper.enabled", "false");
    properties.putIfAbsent("spring.cloud.gateway.server.webflux.enabled", "false");
    properties.putIfAbsent("management.endpoints.web.exposure.include", "health,holdfast");
    ConfigurableApplicationContext started =
        new SpringApplicationBuilder(application)
            .properties(properties)
            .initializers(Fleet::withOwnReactor)
            .run();
    running.add(started);
    return started;
  }

  /** Stops an application, and starts it again on its port. */
  public ConfigurableApplicationContext restart(
      ConfigurableApplicationContext old, Class<?> application, String name) {
    int port = port(old);
    old.close();
    running.remove(old);
    return startAt(port, application, name);
  }

  /** Otherwise an application that stops would stop the event loops of all others in the JVM. */
  private static void withOwnReactor(ConfigurableApplicationContext context) {
    ReactorResourceFactory own = new ReactorResourceFactory();
    own.setUseGlobalResources(false);
    ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, () -> own);
  }

  /** The port that an application listens on. */
  public static int port(ConfigurableApplicationContext application) {
    return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** Stops all, the latest first. */
  @Override
  public void close() {
    for (int i = running.size() - 1; i >= 0; i--) {
      running.get(i).close();
    }
    running.clear();
  }
}
