/** The door: routes by the names of services. */
@NullMarked
package samples.spring.gateway;

import org.jspecify.annotations.NullMarked;
