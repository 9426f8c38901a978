import { render } from 'preact';
import { App } from './app';
import { Demo } from './demo/demo';
import { Live } from './live';
import 'uplot/dist/uPlot.min.css';
import './theme.css';
import './style.css';

const live = new Live();
live.start();
const demo = Demo.ofPage();
demo?.start();
const root = document.getElementById('app');
if (root) render(<App live={live} demo={demo} />, root);
