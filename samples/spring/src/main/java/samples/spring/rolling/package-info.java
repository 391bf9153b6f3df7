/** A rolling restart under load, measured beside what Spring Cloud ZooKeeper does. */
@NullMarked
package samples.spring.rolling;

import org.jspecify.annotations.NullMarked;
