export { Button, IconButton, joined } from "./button";
export { Card } from "./card";
export { Checkbox, type Option, Segmented, Tabs } from "./choice";
export { Dialog, Question } from "./dialog";
export { Explained } from "./explained";
export { Notice } from "./notice";
export { Progress } from "./progress";
export { Stat, Stats } from "./stat";
export { toast } from "./toast";
