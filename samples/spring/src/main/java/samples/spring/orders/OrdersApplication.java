package samples.spring.orders;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

/** The service of orders. */
@SpringBootApplication
public class OrdersApplication {

  /** Calls {@code http://accounts/...}: an instance is chosen for each request. */
  @Bean
  @LoadBalanced
  RestClient.Builder clients() {
    return RestClient.builder();
  }
}
