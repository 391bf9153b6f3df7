package io.holdfast.gateway.springtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.discovery.DiscoveryClient;
import com.netflix.discovery.Jersey3DiscoveryClientOptionalArgs;
import com.netflix.discovery.shared.transport.jersey3.Jersey3TransportClientFactories;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;
import org.springframework.cloud.netflix.eureka.EurekaClientConfigBean;
import org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean;
import org.springframework.cloud.netflix.eureka.InstanceInfoFactory;

/**
 * A process of {@code benchmarks/run doors}: a real Eureka server with the settings that it comes
 * with, beside a gateway. Changes of the status of the same instances at both, spread over twenty
 * seconds, and for each how long Netflix's client with its default settings takes to show it, and
 * one that asks for the delta all the time. Prints {@code ready}, then {@code sample WHAT SIDE
 * NANOS} for each.
 */
final class EurekaDelays {

  private static final String APP = "FLEET";
  private static final int CHANGES = 40;
  private static final long SPREAD_MILLIS = 20_000;
  private static final long LONGEST_MILLIS = 75_000;
  private static final long LOOK_EVERY_MILLIS = 20;
  private static final String ID = "instanceId";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final PrintStream OUT = System.out;

  private final Side side;
  private final DiscoveryClient client;

  /** When each instance was changed, as long as it is looked for. */
  private final Map<String, Long> awaitedByClient = new ConcurrentHashMap<>();

  private final Map<String, Long> awaitedByDelta = new ConcurrentHashMap<>();

  private EurekaDelays(Side side, DiscoveryClient client) {
    this.side = side;
    this.client = client;
  }

  /** Where one of the two is, and what a writer shows there. */
  private record Side(String name, String base, String authorization) {

    static Side of(String name, URI server) {
      String user = server.getUserInfo();
      return new Side(
          name,
          "http://127.0.0.1:" + server.getPort() + "/eureka",
          user == null
              ? ""
              : "Basic "
                  + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    String send(String method, String path, String body) throws Exception {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(base + path))
              .header("Accept", "application/json")
              .header("Content-Type", "application/json");
      if (method.equals("GET")) {
        request.GET();
      } else {
        request.method(method, HttpRequest.BodyPublishers.ofString(body));
      }
      if (!authorization.isEmpty() && !method.equals("GET")) {
        request.header("Authorization", authorization);
      }
      HttpResponse<String> answer =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2 && answer.statusCode() != 403) {
        throw new IllegalStateException(name + ": " + method + " " + path + " " + answer);
      }
      return answer.body();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The gateway's address with its token, and how many instances. */
  public static void main(String[] arguments) throws Exception {
    int instances = Integer.parseInt(arguments[1]);
    try (EurekaServer server = EurekaServer.startWithDefaults()) {
      EurekaDelays ours = filled(Side.of("ours", URI.create(arguments[0])), instances);
      EurekaDelays theirs = filled(Side.of("theirs", server.uri()), instances);
      OUT.println("ready");
      measure(ours, theirs);
      ours.client.shutdown();
      theirs.client.shutdown();
    }
    System.exit(0);
  }

  /** With its instances, and a client that has them. */
  private static EurekaDelays filled(Side side, int instances) throws Exception {
    for (int i = 0; i < instances; i++) {
      side.send("POST", "/apps/" + APP, instance(i));
    }
    EurekaClientConfigBean config = new EurekaClientConfigBean();
    config.setServiceUrl(new LinkedHashMap<>(Map.of("defaultZone", side.base() + "/")));
    config.setRegisterWithEureka(false);
    config.setFilterOnlyUpInstances(false);
    EurekaInstanceConfigBean none =
        new EurekaInstanceConfigBean(new InetUtils(new InetUtilsProperties()));
    none.setAppname("none");
    InstanceInfo info = new InstanceInfoFactory().create(none);
    return new EurekaDelays(
        side,
        new DiscoveryClient(
            new ApplicationInfoManager(none, info),
            config,
            Jersey3TransportClientFactories.getInstance(),
            new Jersey3DiscoveryClientOptionalArgs()));
  }

  private static String instance(int number) {
    return """
    {"instance": {"instanceId": "%s", "app": "%s", "hostName": "h", "ipAddr": "10.0.0.1",
     "vipAddress": "fleet", "status": "UP", "port": {"$": 80, "@enabled": "true"},
     "dataCenterInfo": {"@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
     "name": "MyOwn"}, "leaseInfo": {"renewalIntervalInSecs": 30, "durationInSecs": 900}}}
    """
        .formatted(id(number), APP);
  }

  private static String id(int number) {
    return "fleet-" + number + "-end";
  }

  private static void measure(EurekaDelays... sides) throws Exception {
    CountDownLatch left = new CountDownLatch(2 * CHANGES * sides.length);
    for (EurekaDelays each : sides) {
      daemon("client", () -> each.lookAtClient(left));
      daemon("delta", () -> each.askForDeltas(left));
    }
    Random random = new Random(1);
    for (int i = 0; i < CHANGES; i++) {
      TimeUnit.MILLISECONDS.sleep(random.nextLong(2 * SPREAD_MILLIS / CHANGES));
      for (EurekaDelays each : sides) {
        each.change(i);
      }
    }
    left.await(LONGEST_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void change(int number) throws Exception {
    long now = System.nanoTime();
    awaitedByClient.put(id(number), now);
    awaitedByDelta.put(id(number), now);
    side.send("PUT", "/apps/" + APP + "/" + id(number) + "/status?value=OUT_OF_SERVICE", "");
  }

  /** What ends with an exception. */
  private interface Looking {
    void look() throws Exception;
  }

  private static void daemon(String name, Looking looking) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  looking.look();
                  TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
                }
              } catch (Exception e) {
                OUT.println("ended " + name + " " + e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private void lookAtClient(CountDownLatch left) {
    for (Map.Entry<String, Long> awaited : Map.copyOf(awaitedByClient).entrySet()) {
      boolean shown =
          client.getApplication(APP).getByInstanceId(awaited.getKey()).getStatus()
              == InstanceInfo.InstanceStatus.OUT_OF_SERVICE;
      if (shown) {
        seen("Eureka's_client_that_fetches_each_30_s", awaitedByClient, awaited.getKey(), left);
      }
    }
  }

  private void askForDeltas(CountDownLatch left) throws Exception {
    if (awaitedByDelta.isEmpty()) {
      return;
    }
    for (JsonNode there : JSON.readTree(side.send("GET", "/apps/delta", "")).findParents(ID)) {
      String id = there.path(ID).asText();
      if (there.path("status").asText().equals("OUT_OF_SERVICE")) {
        seen("a_client_of_Eureka's_that_asks_all_the_time", awaitedByDelta, id, left);
      }
    }
  }

  private void seen(String what, Map<String, Long> awaited, String id, CountDownLatch left) {
    Long began = awaited.remove(id);
    if (began != null) {
      OUT.println("sample " + what + " " + side.name() + " " + (System.nanoTime() - began));
      left.countDown();
    }
  }
}
