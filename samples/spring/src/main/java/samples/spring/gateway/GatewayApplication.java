package samples.spring.gateway;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Spring Cloud Gateway; its routes are in {@code gateway.properties}. */
@SpringBootApplication
public class GatewayApplication {}
